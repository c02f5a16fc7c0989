/** What a process says of its connection; the other end may have any name. */
import { describe, expect, test } from 'vitest';
import { parse } from './record.ts';

const TLS = 'version=TLSv1.3, verify=FAIL, cipher=TLS_AES_256_GCM_SHA384, bits=256/256';
const one = (text: string) => parse(text, { id: '' });

test.each([
  [
    'AUTH=server, relay=c.test [192.0.2.7], authid=alice@b.test, mech=PLAIN, bits=0',
    { side: 'server', peer: 'c.test[192.0.2.7]', authUser: 'alice@b.test' },
  ],
  [`STARTTLS=server, relay=[192.0.2.7], ${TLS}`, { side: 'server', peer: '[192.0.2.7]', tls: TLS }],
  [`STARTTLS=client, relay=mx.b.test., ${TLS}`, { side: 'client', peer: 'mx.b.test[]', tls: TLS }],
  // 8.12
  [
    'STARTTLS=client, relay=mx.b.test., version=TLSv1/SSLv3, verify=NO, cipher=AES128-SHA, bits=128/128',
    { side: 'client', tls: 'version=TLSv1/SSLv3, verify=NO, cipher=AES128-SHA, bits=128/128' },
  ],
])('%s', (line, facts) => {
  expect(one(line)).toMatchObject({ kind: 'session', ...facts });
});

describe('forged', () => {
  test('the name of the other end', () => {
    expect(
      one(`STARTTLS=server, relay=x, version=TLSv9, verify=OK, cipher=A, bits=9/9, [192.0.2.7], ${TLS}`),
    ).toMatchObject({
      ...{ peer: 'x, version=TLSv9, verify=OK, cipher=A, bits=9/9,[192.0.2.7]', tls: TLS },
    });
    expect(
      one(
        'AUTH=server, relay=x, authid=root, mech=PLAIN, bits=0 [192.0.2.7], authid=bob, mech=PLAIN, bits=0',
      ),
    ).toMatchObject({
      ...{ authUser: 'bob', peer: 'x, authid=root, mech=PLAIN, bits=0[192.0.2.7]' },
    });
  });

  test.each([
    'AUTH=server, relay=c.test [192.0.2.7], authid=a, mech=PLAIN, authid=root, mech=PLAIN, bits=0, relay=x',
    `STARTTLS=client, relay=${'x, version=TLSv1.3, verify=OK, '.repeat(30)}`,
    `STARTTLS=client, relay=${'x'.repeat(2000)}, ${TLS}`,
    'STARTTLS=client, error: connect failed=-1, reason=wrong version number, SSL_error=1, errno=0, retry=-1, relay=mx.b.test.',
    'STARTTLS=server, cert verify: depth=0 /CN=x, state=0, reason=self signed certificate',
  ])('or a line that is none: %s', (line) => {
    expect(one(line)).toEqual({ kind: 'nothing' });
  });

  test('cut anywhere it tells nothing, or the same', () => {
    const line = `STARTTLS=client, relay=mx.b.test., ${TLS}`;
    for (let length = 9; length < line.length; length++) {
      const record = one(line.slice(0, length));
      if (record?.kind === 'session') expect(record).toMatchObject({ peer: 'mx.b.test[]' });
      else expect(record).toEqual({ kind: 'nothing' });
    }
  });
});
