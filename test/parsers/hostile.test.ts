/** Whatever stands in a log: nothing throws, nothing hangs, and the lines around it stay what they are. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { throughSyslog } from '../exim-forms.ts';
import fc from '../property.ts';
import { type Reading, read } from '../src/reading.ts';

/** Lines of a real day behind syslog's envelope of a host `mx1`. */
const LOGS = {
  postfix: readFileSync('fixtures/postfix/2026-11-23.log', 'utf8').split('\n').slice(0, -1),
  exim: throughSyslog(readFileSync('fixtures/exim/2026-11-23.log', 'utf8').split('\n').slice(0, -1)),
  sendmail: readFileSync('fixtures/sendmail/2026-11-23.log', 'utf8').split('\n').slice(0, -1),
};
/** Lines of every kind, of messages from their beginning. */
const GOOD = LOGS.postfix.slice(0, 400);
const payloads = Object.values(LOGS).flatMap((log) =>
  log.filter((_, i) => i % 40 === 0).map((line) => line.slice(line.indexOf(': ') + 2)),
);

/** Processor time of this process in milliseconds: what else the machine does is not counted. */
function busy(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const baseline = read(GOOD);

/** The events of the good lines, without the places to which they were moved. */
const goodEvents = ({ events }: Reading) =>
  events.filter(({ host }) => host === 'mx1').map(({ source_offset, ...event }) => event);

const header = fc.constantFrom(
  ...['smtp', 'smtpd', 'qmgr', 'cleanup', 'local', 'bounce', 'postsuper', 'pickup', 'postscreen'].map(
    (daemon) => `Nov 23 20:29:57 evil postfix/${daemon}[7]: `,
  ),
  'Nov 23 20:29:57 evil exim[7]: ',
  'Nov 23 20:29:57 evil exim[7]: 2026-11-23 20:29:57.5 +0000 [7] 1xVahE-00001r-04 ',
  'Nov 23 20:29:57 evil exim[7]: [1/2] 1xVahE-00001r-04 ** ',
  'Nov 23 20:29:57 evil exim[7]: [2/2] ',
  ...['sendmail', 'sm-mta', 'sm-msp-queue'].map((tag) => `Nov 23 20:29:57 evil ${tag}[7]: `),
  'Nov 23 20:29:57 evil sm-mta[7]: 6ANKUZ85000185: ',
  'Nov 23 20:29:57 evil sm-mta[7]: 6ANKUZ85000185[2]: ',
  'Nov 23 20:29:57 evil sm-mta[7]: 6ANKUZ85000185: split: count=2, ids=',
  'Nov 23 20:29:57 evil sm-mta[7]: STARTTLS=client, relay=',
  'Nov 23 20:29:57 evil sm-mta[7]: AUTH=server, relay=',
  '2026-11-23 20:29:57 1xVahE-00001r-04 ',
  '2026-11-23 20:29:57 ',
  '2026-11-23T20:29:57.5Z evil postfix/smtp[7]: ',
  '<22>1 2026-11-23T20:29:57Z evil postfix 7 - - ',
);

const tokens = fc.constantFrom(
  ...[
    'to=<',
    '>, relay=',
    ', delay=1',
    ', dsn=5.1.1',
    ', status=sent (',
    '; from=<',
    '> to=<',
    ' helo=<',
    'said: ',
  ],
  ...[
    '(in reply to ',
    '4FDE2A1B: ',
    '1xVahE-00001q-03 ',
    ' <"',
    ' R=',
    ' H=(',
    ') [',
    ' C="',
    ' defer (',
    ' for ',
    'rejected RCPT <',
    ...[
      '6ANKUZ85000185: ',
      '6ANKUZ85000186: DSN: ',
      ', stat=Sent (',
      ', reply=550 ',
      ', dsn=2.0.0',
      ' ctladdr=',
    ],
    ...['ruleset=check_rcpt, arg1=', ', reject=', 'clone: owner=', '[more], ', '...', '\\303', 'Milter: '],
    'queued as ',
    'message repeated 3 times: [ ',
    '"',
    '\\',
    '[',
    ']',
    '\0',
    '\r',
    '\t',
  ],
);

/** A real payload, mutated: characters replaced, parts taken out, put in twice, or cut off. */
const mutated = fc
  .tuple(
    header,
    fc.constantFrom(...payloads),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.oneof(tokens, fc.string())), {
      maxLength: 6,
    }),
  )
  .map(([head, payload, changes]) => {
    let text = payload;
    for (const [place, how, put] of changes) {
      const at = Math.floor(place * text.length);
      if (how === 0) text = text.slice(0, at) + put + text.slice(at + put.length);
      else if (how === 1) text = text.slice(0, at) + text.slice(at + 7);
      else if (how === 2) text = text.slice(0, at) + put + text.slice(at);
      else text = text.slice(0, at);
    }
    return head + text.replaceAll('\n', ' ');
  });

const line = fc.oneof(
  { weight: 5, arbitrary: mutated.map((text) => Buffer.from(text)) },
  // two lines written over each other
  {
    weight: 1,
    arbitrary: fc
      .tuple(mutated, mutated, fc.nat(200))
      .map(([one, other, at]) => Buffer.from(one.slice(0, at) + other)),
  },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 300 })
      .map((bytes) => Buffer.from(bytes.map((byte) => (byte === 10 ? 11 : byte)))),
  },
  { weight: 1, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(header, fc.string({ unit: 'grapheme' }))
      .map((parts) => Buffer.from(parts.join('').replaceAll('\n', ''))),
  },
);

test.each(Object.entries(LOGS))(
  'hostile lines among those of %s are counted, and nothing else changes',
  (_, log) => {
    const good = log.slice(0, 400);
    const before = read(good);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(good.length), line), { minLength: 1, maxLength: 30 }),
        (insertions) => {
          const lines: Buffer[] = good.map((text) => Buffer.from(text));
          for (const [at, hostile] of insertions.sort((a, b) => b[0] - a[0])) lines.splice(at, 0, hostile);
          const reading = read(Buffer.concat(lines.flatMap((each) => [each, Buffer.from('\n')])));
          const { lines: counts } = reading;
          expect(counts.read).toBe(good.length + insertions.length);
          expect(counts.read).toBe(counts.used + counts.ignored + counts.unparsed);
          expect(counts.used).toBeGreaterThanOrEqual(before.lines.used);
          expect(reading.unparsed).toHaveLength(counts.unparsed);
          expect(goodEvents(reading)).toEqual(goodEvents(before));
        },
      ),
      { numRuns: 120, interruptAfterTimeLimit: 15_000 },
    );
  },
);

test('a line of 10 MB is counted as unparsed, and its neighbours are read', () => {
  const long = Buffer.alloc(10_000_000, 'to=<a@b.test>, relay=');
  const reading = read(
    Buffer.concat([Buffer.from(`${GOOD.join('\n')}\n`), long, Buffer.from(`\n${GOOD[0]}\n`)]),
  );
  expect(reading.lines).toEqual({
    ...baseline.lines,
    read: GOOD.length + 2,
    used: baseline.lines.used + 1,
    unparsed: 1,
  });
  expect(goodEvents(reading)).toEqual(goodEvents(baseline));
});

const SENDMAIL_BEGINNINGS = [
  '',
  '6ANKUZ85000185: from=<',
  '6ANKUZ85000185: from=<a@b.test>, size=302, class=0, nrcpts=1, msgid=<',
  '6ANKUZ85000185: to=<',
  '6ANKUZ85000185: to=<a@b.test>,<',
  '6ANKUZ85000185: to=<a@b.test>, ctladdr=',
  '6ANKUZ85000185: to=<a@b.test>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=1, relay=',
  '6ANKUZ85000185: to="|a", delay=00:00:01, mailer=prog, relay=',
  '6ANKUZ85000185: to=<a@b.test>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx. [192.0.2.1], dsn=5.0.0, reply=',
  '6ANKUZ85000185: to=<a@b.test>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx. [192.0.2.1], dsn=4.0.0, stat=Deferred: ',
  '6ANKUZ85000185: to=<a@b.test>, delay=00:00:01, mailer=esmtp, quarantine=',
  '6ANKUZ85000185: ruleset=check_rcpt, arg1=<',
  '6ANKUZ85000185: ruleset=CheckSubject, arg1= ',
  '6ANKUZ85000185: Milter: to=<',
  '6ANKUZ85000185: Milter: connect: host=',
  '6ANKUZ85000185: 6ANKUZ85000186: DSN: ',
  '6ANKUZ85000185: 6ANKUZ85000186: DSN: Too many hops 61 (30 max): from <a@b.test> via localhost, to <',
  '6ANKUZ85000185: <"',
  '6ANKUZ85000185: split: count=2, ids=',
  '6ANKUZ85000185: split: maxrcpts=1, rcpts=2, count=1, ids=6ANKUZ85000186',
  'STARTTLS=client, relay=',
  'STARTTLS=server, relay=h [192.0.2.7], version=TLSv1.3, verify=OK, cipher=',
  'AUTH=server, relay=h [192.0.2.7], authid=',
  '6ANKUZ85000185[1]: to=<a@b.test>, ',
].map((text) => `sm-mta ${text}`);

describe('a line of 900 kB is read in no time', () => {
  const beginnings = [
    '4FDE2A1B: to=<a@b.test>, relay=mx[192.0.2.1]:25, delay=1, dsn=5.0.0, status=bounced (',
    '4FDE2A1B: to=<',
    '4FDE2A1B: from=<',
    '4FDE2A1B: client=',
    '4FDE2A1B: client=a[192.0.2.7], sasl_method=',
    '4FDE2A1B: message-id=',
    '4FDE2A1B: uid=1 from=',
    'NOQUEUE: reject: RCPT from a[192.0.2.7]: 550 5.1.1 no; from=<a@b> to=<c@d> proto=SMTP helo=<',
    'NOQUEUE: reject: RCPT from a[192.0.2.7]: 550 ',
    '4FDE2A1B: reject: header ',
    'NOQUEUE: reject: HELO from a[192.0.2.7]: 550 no; proto=SMTP helo=<',
    'warning: Illegal address syntax from ',
    'message repeated 2 times: [ ',
    '',
    '1xVahE-00001q-03 <= ',
    '1xVahE-00001q-03 <= a@b.test H=(',
    '1xVahE-00001q-03 <= a@b.test H=h [192.0.2.7] P=esmtp S=1 id=1 T="',
    '1xVahE-00001q-03 <= a@b.test U=a P=local S=1 for ',
    '1xVahE-00001q-03 => ',
    '1xVahE-00001q-03 => |',
    '1xVahE-00001q-03 => a@b.test R=r T=t H=h [192.0.2.1] C="',
    '1xVahE-00001q-03 ** a@b.test R=r T=t DN="',
    '1xVahE-00001q-03 ** a@b.test: SMTP error from remote mail server after MAIL FROM:<',
    '1xVahE-00001q-03 == a@b.test R=r T=t defer (1): ',
    '1xVahE-00001q-03 ',
    'H=h [192.0.2.7] F=<',
    'H=h [192.0.2.7] rejected RCPT <',
    '[1/2] 1xVahE-00001q-03 ** ',
    ...SENDMAIL_BEGINNINGS,
  ];
  const fillers = [
    ...[
      'a',
      '<',
      '>',
      '"',
      '\\',
      '[',
      ']:',
      ' ',
      '1',
      '; from=<',
      '; from=<"',
      '; from=<a> ',
      'said: ',
      '(in reply to ',
      '=<',
    ],
    ...[' <"', ' <"a"@b> ', ' (', ') [', ' R=', ' T="', '\\303', ' [1]', ' P='],
    ...[
      '<a@b.test>,',
      ', to <',
      ', stat=',
      ', dsn=',
      ', relay=',
      ', reject=',
      '... ',
      '(',
      '\\\\"',
      '\\303\\244',
    ],
    ...[', orig_to=<', ' status=', 'queued as ', '550-5.1.1 ', '550 5.1.1.', '{"a":', '> > ', ' from a[1] '],
  ];

  test.each(beginnings)('beginning with %s', (beginning) => {
    for (const filler of fillers) {
      const tag = beginning.startsWith('4') || !/^[1-9H[]/.test(beginning) ? 'postfix/smtpd' : 'exim';
      const whole = beginning.startsWith('sm-mta ')
        ? beginning.replace(' ', '[7]: ')
        : `${tag}[7]: ${beginning}`;
      const text = `Nov 23 20:29:57 mx1 ${whole}${filler.repeat(900_000 / filler.length)}`;
      const begun = busy();
      expect(read(text).lines.read).toBe(1);
      expect(busy() - begun, `${filler} repeated`).toBeLessThan(1000);
    }
  });

  test.each(['[a x="', '[', '\\"', '][', '{"log":"', '1 ', '<'])('an envelope of %s', (filler) => {
    for (const beginning of [
      '<22>1 2026-11-23T20:29:57Z mx1 postfix 7 - ',
      'Nov 23 20:29:57 mx1 docker[1]: ',
      '',
    ]) {
      const begun = busy();
      expect(read(beginning + filler.repeat(900_000 / filler.length)).lines.read).toBe(1);
      expect(busy() - begun).toBeLessThan(1000);
    }
  });
});

describe('every regular expression that sees foreign text is linear', () => {
  const sources = (folder: string): string[] =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${folder}/${name}`);

  /** The literals of a file: a slash where an expression may begin, to its end outside classes. */
  function literals(file: string): [string, RegExp][] {
    const code = readFileSync(file, 'utf8').replace(/^\s*(?:\*|\/\*\*?|\/\/).*$/gm, '');
    const found = code.matchAll(
      /(?<=[=(,:[!&|?{}]\s*|return )\/(?![*/])((?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)(?=[.,;)\]\s])/g,
    );
    return [...found].map(([, pattern, flags]) => [`${file}: ${pattern}`, new RegExp(pattern!, flags)]);
  }

  const all = [...sources('parsers'), ...sources('src/cause')].flatMap(literals);

  test('they are found', () => {
    expect(all.length).toBeGreaterThan(25);
  });

  /** Of a reply, the stages after the parsers read so much. */
  const LONGEST_REPLY = 2048;

  /** Texts that the expression matches, and their beginnings, which it nearly does. */
  function samples(pattern: RegExp): string[] {
    // What may be anything but ASCII takes too long to invent.
    if (pattern.source.includes('[^\\x00')) return [];
    try {
      const found = fc.sample(fc.stringMatching(new RegExp(pattern.source)), { numRuns: 5, seed: 1 });
      return found.flatMap((text) => [text, text.slice(0, -1), text.slice(1)]).filter((text) => text !== '');
    } catch {
      // Not every expression can be turned around.
      return [];
    }
  }

  test.each(all)('%s', (file, pattern) => {
    const length = file.startsWith('parsers/') ? 100_000 : LONGEST_REPLY;
    const repeated = [
      'a',
      'A',
      '[',
      '<',
      ' ',
      '0',
      '.',
      '/',
      '"',
      '=',
      '-',
      '1.',
      'a ',
      ' a',
      '0-',
      'a@',
      '<a',
      ...samples(pattern),
    ];
    for (const text of repeated) {
      const whole = text.repeat(Math.ceil(length / text.length)).slice(0, length);
      for (const subject of [whole, `${whole}\n`, `${whole}!`]) {
        const begun = busy();
        pattern.lastIndex = 0;
        pattern.test(subject);
        expect(busy() - begun, JSON.stringify(text.slice(0, 50))).toBeLessThan(250);
      }
    }
  });
});
