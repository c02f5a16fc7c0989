import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../../src/cause/catalogue.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { RULES } from '../../../src/cause/rules/index.ts';
import fc from '../../property.ts';

const classifier = new Classifier();
const causeOf = (text: string, facts = {}) => classifier.classify({ text, ...facts }).cause;

describe('classify', () => {
  it('believes words more than codes', () => {
    expect(causeOf('550 5.1.1 Mailbox full')).toBe('mailbox_full');
    expect(causeOf('552 5.2.2 Message size limit exceeded')).toBe('message_too_large');
    expect(causeOf('552 1 Requested mail action aborted, mailbox not found')).toBe('user_unknown');
  });

  it('reads the reply inside a refused greeting, and inside a passed-on reply', () => {
    const result = classifier.classify({
      text: 'host mx.example.com[192.0.2.1] refused to talk to me: 554 5.7.1 Your IP is on our blocklist',
      dsn: '4.0.0',
    });
    expect(result).toMatchObject({ cause: 'ip_blocklisted', kind: 'hard' });
    expect(causeOf('550 failure for one recipient (joe@example.org:550 5.1.1 no such user)')).toBe(
      'user_unknown',
    );
  });

  it('does not take every mention of a list for a listing', () => {
    expect(causeOf('550 Client host [192.0.2.1] blocked using multi.uribl.com; Query Refused')).toBe(
      'remote_problem',
    );
    expect(causeOf('450 4.7.1 Client host [192.0.2.1] blocked using grey.rbl.example.org')).toBe(
      'greylisted',
    );
    expect(causeOf('554 Helo command [a.example] blocked using dbl.spamhaus.org')).toBe('domain_blocklisted');
  });

  it('names the list', () => {
    const detailOf = (text: string, relayHost?: string) => classifier.classify({ text, relayHost }).detail;
    expect(detailOf('554 5.7.1 Client host [192.0.2.1] blocked using zen.spamhaus.org; see')).toBe(
      'zen.spamhaus.org',
    );
    expect(detailOf('550 Your IP is listed by SpamCop')).toBe('bl.spamcop.net');
    expect(detailOf('550 Your IP has been blacklisted', 'mx.yandex.ru')).toBe('yandex');
    expect(detailOf('550 Your IP has been blacklisted')).toBeUndefined();
  });

  it('reads the same words by provider, stage and code', () => {
    const text = '550 5.4.1 Recipient address rejected: Access denied';
    expect(causeOf(text, { relayHost: 'example-com.mail.protection.outlook.com' })).toBe('user_unknown');
    expect(causeOf('554 5.7.1 <a@example.com>: Recipient address rejected: Access denied')).toBe(
      'policy_other',
    );
    expect(causeOf('550 Access denied', { stage: 'mail' })).toBe('sender_rejected');
  });

  it('takes the provider from the host that the wrapper names', () => {
    expect(
      classifier.explain({ text: 'host aspmx.l.google.com[192.0.2.1] said: 550 5.1.1 gone' }).provider,
    ).toBe('google');
  });

  it('tells soft from hard by the class of the code, but for a few causes', () => {
    const kindOf = (text: string, facts = {}) => classifier.classify({ text, ...facts }).kind;
    expect(kindOf('450 5.1.1 User unknown')).toBe('soft');
    expect(kindOf('550 5.1.1 User unknown')).toBe('hard');
    expect(kindOf('552 5.2.2 Mailbox full')).toBe('soft');
    expect(kindOf('552 5.2.2 The mailbox is over quota and inactive')).toBe('hard');
    expect(kindOf('550 5.7.1 Too many connections')).toBe('soft');
    expect(kindOf('connect to mx.example.com[192.0.2.1]:25: Connection refused')).toBe('soft');
    expect(kindOf('mail for example.com loops back to myself', { dsn: '5.4.6' })).toBe('hard');
  });

  it('believes the MTA on whether it tries again where no code does', () => {
    const kindOf = (text: string, deferred: boolean) => classifier.classify({ text, deferred }).kind;
    expect(kindOf('xyzzy', true)).toBe('soft');
    expect(kindOf('xyzzy', false)).toBe('hard');
    expect(kindOf('550 xyzzy', true)).toBe('hard');
    expect(kindOf('all relevant MX records point to non-existent hosts', true)).toBe('soft');
    expect(kindOf('all relevant MX records point to non-existent hosts', false)).toBe('hard');
  });

  it('does not take an acceptance for a failure, and knows no kind where nothing tells it', () => {
    const found = (text: string, facts = {}) => {
      const { accepted, kind } = classifier.explain({ text, ...facts });
      return [accepted, kind];
    };
    expect(found('250 2.0.0 OK: queued as 4jN9jB4F1gz18ZP')[0]).toBe(true);
    expect(found('OK', { replyCode: 354 })[0]).toBe(true);
    expect(found('220-laposte 421 4.2.1 Service refused, please try later')).toEqual([false, 'soft']);
    expect(found('foo bar')).toEqual([false, undefined]);
    expect(found('550 foo bar')).toEqual([false, 'hard']);
    expect(found('mailbox is full')).toEqual([false, 'soft']);
  });

  it('says what it does not know, and knows nothing for sure from codes', () => {
    expect(classifier.classify({ text: '550 xyzzy' })).toMatchObject({
      cause: 'unclassified',
      evidence: '550',
    });
    expect(classifier.classify({ text: '' }).confidence).toBeLessThan(0.5);
    expect(classifier.classify({ text: 'xyzzy', dsn: '5.7.1' }).confidence).toBeLessThan(0.5);
  });

  it('shares one frozen object among equal replies', () => {
    const a = classifier.classify({ text: '550 5.1.1 <a@example.com>: User unknown' });
    const b = classifier.classify({ text: '550 5.1.1 <b@example.org>: User unknown' });
    expect(a).toBe(b);
    expect(Object.isFrozen(a)).toBe(true);
  });

  it('takes other rules', () => {
    const own = new Classifier({
      rules: [{ id: 'own', cause: 'suppressed', confidence: 0.9, any: ['xyzzy'], examples: ['xyzzy'] }],
    });
    expect(own.classify({ text: 'xyzzy' })).toMatchObject({
      cause: 'suppressed',
      rule: 'own',
      evidence: 'xyzzy',
    });
  });
});

it('explains', () => {
  const facts = { text: '550 5.1.1 <joe@example.com>: User unknown in virtual mailbox table' };
  expect(classifier.explain(facts)).toMatchObject({
    cause: 'user_unknown',
    reply_code: 550,
    enhanced_code: '5.1.1',
    provider: 'other',
    who_acts: "sender's address list",
    evidence: 'user unknown in virtual mailbox table',
  });
  expect(classifier.explain({ ...facts, direction: 'inbound' }).remedy).toMatch(/does not exist here/);
});

describe('whatever the text', () => {
  const word = fc.stringMatching(/^[a-z]{2,8}$/);
  const address = fc
    .tuple(fc.stringMatching(/^[a-z][a-z0-9._+=-]{0,12}[a-z0-9]$/), word)
    .map(([local, name]) => `${local}@${name}.example`);
  const ip = fc.oneof(
    fc.ipV4(),
    fc.ipV6().filter((text) => text.length > 3 && text.includes('::')),
  );
  const id = fc.stringMatching(/^[0-9][A-F0-9]{8,14}[0-9]$/);

  it('never throws, and always answers from the catalogue', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.string({ unit: 'binary' }),
          fc.string({ unit: fc.constantFrom(...'<>@[]():;."\\ 5.1-hos:n') }),
        ),
        (text) => {
          const result = classifier.explain({
            text,
            replyCode: 550,
            enhancedCode: text,
            dsn: text,
            relayHost: text,
          });
          expect(CATALOGUE.has(result.cause as never)).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('reads no addresses, IPs and ids', () => {
    const reply = (a: string, b: string, c: string) =>
      `host mx.example.com[${b}] said: 550 5.7.1 <${a}>: rejected ${a} [${b}] id ${c}: Access denied by list (in reply to RCPT TO command)`;
    const known = classifier.classify({ text: reply('a@example.com', '192.0.2.1', '4F2A11BC09') });
    fc.assert(
      fc.property(address, ip, id, (a, b, c) => {
        expect(classifier.classify({ text: reply(a, b, c) })).toBe(known);
      }),
    );
  });

  it('reads the same however the lines are wrapped', () => {
    const words = 'the email account that you tried to reach does not exist'.split(' ');
    const known = classifier.classify({ text: `550 5.1.1 ${words.join(' ')}` });
    fc.assert(
      fc.property(fc.subarray(words.map((_, index) => index).slice(1)), (breaks) => {
        const text = words
          .map((text, index) => (breaks.includes(index) ? `550-5.1.1 ${text}` : text))
          .join(' ');
        expect(classifier.classify({ text: `550-5.1.1 ${text}` })).toBe(known);
        expect(classifier.classify({ text: `550-5.1.1 ${text.replaceAll(' 550-', '\\n550-')}` })).toBe(known);
      }),
    );
  });

  describe('and whatever is added to what rules know', () => {
    const examples = RULES.filter(({ whole }) => !whole).flatMap((rule) =>
      rule.examples.map((example) => (typeof example === 'string' ? { text: example } : example)),
    );
    const example = fc.constantFrom(...examples);
    /** Ids, times, hosts and words of no language. */
    const tail = fc.constantFrom(
      ...[
        '[4F2A11BC09]',
        '- gsmtp',
        '(in reply to end of DATA command)',
        '2026-11-23T19:30:00Z 08DCD29EEC0C7774',
      ],
      ...['mx17.example.net', 'qzv xkcd wqrt', '<a1b2c3@example.org>', '\\n', '198.51.100.7', '{mx-us011}'],
    );

    it('a tail changes nothing', () => {
      fc.assert(
        fc.property(example, fc.array(tail, { minLength: 1, maxLength: 3 }), (facts, tails) => {
          const { cause } = classifier.classify(facts);
          expect(classifier.classify({ ...facts, text: `${facts.text} ${tails.join(' ')}` }).cause).toBe(
            cause,
          );
        }),
        { numRuns: 1000 },
      );
    });

    it('other addresses and IPs change nothing', () => {
      fc.assert(
        fc.property(example, address, ip, (facts, a, b) => {
          const { cause } = classifier.classify(facts);
          const text = facts.text.replaceAll('joe@example.com', a).replaceAll('192.0.2.1', b);
          expect(classifier.classify({ ...facts, text }).cause).toBe(cause);
        }),
        { numRuns: 1000 },
      );
    });

    it('line ends inside change nothing', () => {
      fc.assert(
        fc.property(example, fc.array(fc.nat(), { maxLength: 3 }), fc.boolean(), (facts, places, joined) => {
          const { cause } = classifier.classify(facts);
          const code = /^([45]\d\d)[ -](?:([45]\.\d+\.\d+) )?/.exec(facts.text);
          if (code === null) return;
          const [prefix, reply, enhanced] = code;
          const words = facts.text.slice(prefix.length).split(' ');
          // As Postfix joins lines, or as Exim writes them.
          const end = joined ? ' ' : '\\n';
          const first = `${reply}-${enhanced === undefined ? '' : `${enhanced} `}`;
          const breaks = new Set(places.map((place) => place % words.length));
          const text = words.map(
            (word, index) => (index > 0 ? (breaks.has(index) ? `${end}${first}` : ' ') : '') + word,
          );
          expect(classifier.classify({ ...facts, text: first + text.join('') }).cause).toBe(cause);
        }),
        { numRuns: 1000 },
      );
    });

    it('anything at all behind it is borne', () => {
      fc.assert(
        fc.property(example, fc.string(), (facts, text) => {
          expect(
            CATALOGUE.has(classifier.classify({ ...facts, text: `${facts.text} ${text}` }).cause as never),
          ).toBe(true);
        }),
      );
    });
  });
});
