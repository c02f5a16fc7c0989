import { describe, expect, it } from 'vitest';
// @ts-expect-error The benchmarks are plain JavaScript.
import { generate } from '../../bench/generate.mjs';

/** As in `bench/generate.mjs`. */
interface Options {
  lines: number;
  seed?: number;
  mta: string;
  exim?: string;
  envelope?: string;
}
interface Truth {
  lines: { total: number };
  attempts: { delivered: number; deferred: number; bounced: number };
  causes: Record<string, number>;
  attempt_causes: Record<string, number>;
  reject_causes: Record<string, number>;
  messages: number;
  notifications: number;
  recipients: number;
  delivered: number;
  deferred: number;
  bounced: number;
  expired: number;
  discarded: number;
  held: number;
  deleted: number;
  open: number;
  rejected: number;
  hops: number;
  suspended: number;
}

function run(options: Options) {
  const blocks: Buffer[] = [];
  const truth: Truth = generate({ ...options, write: (block: Buffer) => blocks.push(Buffer.from(block)) });
  const text = Buffer.concat(blocks).toString('utf8');
  return { truth, text, lines: text.split('\n').slice(0, -1) };
}
/** How many lines match. */
const count = (lines: readonly string[], shape: RegExp) => lines.filter((line) => shape.test(line)).length;
const sum = (counts: Record<string, number>) => Object.values(counts).reduce((all, n) => all + n, 0);

/** One log for each MTA, and each form that changes more than the head of a line. */
const LOGS: readonly [string, Options][] = [
  ['postfix', { lines: 20_000, mta: 'postfix' }],
  ['exim', { lines: 20_000, mta: 'exim' }],
  ['exim 4.99', { lines: 20_000, mta: 'exim', exim: '4.99' }],
  ['exim through syslog', { lines: 20_000, mta: 'exim', envelope: 'rfc3164' }],
  ['sendmail', { lines: 20_000, mta: 'sendmail' }],
];

describe.each(LOGS)('a generated log of %s', (_name, options) => {
  const { truth, text, lines } = run(options);

  it('has the length that was asked for', () => {
    expect(lines).toHaveLength(options.lines);
    expect(truth.lines.total).toBe(options.lines);
  });

  it('has the same bytes and the same truth again', () => {
    const again = run(options);
    expect(again.text === text).toBe(true);
    expect(again.truth).toEqual(truth);
    expect(run({ ...options, seed: 2 }).text === text).toBe(false);
  });

  it('has a truth that adds up', () => {
    const { delivered, deferred, bounced, expired, discarded, held, deleted, open } = truth;
    expect(delivered + deferred + bounced + expired + discarded + held + deleted + open).toBe(
      truth.recipients,
    );
    expect(truth.attempts.delivered).toBe(delivered);
    expect(truth.attempts.bounced).toBe(bounced);
    expect(truth.attempts.deferred).toBeGreaterThan(deferred);
    expect(sum(truth.causes)).toBe(deferred + bounced + expired);
    expect(sum(truth.attempt_causes)).toBe(truth.attempts.deferred + truth.attempts.bounced);
    expect(sum(truth.reject_causes)).toBe(truth.rejected);
    expect(Math.min(truth.messages, delivered, bounced, expired, truth.rejected)).toBeGreaterThan(0);
  });
});

describe('the truth about', () => {
  it('Exim is what the flags of its lines say', () => {
    const { truth, lines } = run({ lines: 20_000, mta: 'exim' });
    const id = '^\\S+ \\S+ \\S{6}-\\S{6}-\\S\\S';
    expect(count(lines, new RegExp(`${id} <= `))).toBe(truth.messages);
    expect(count(lines, new RegExp(`${id} <= <> R=`))).toBe(truth.notifications);
    expect(count(lines, new RegExp(`${id} (?:=>|->) `))).toBe(truth.attempts.delivered + truth.discarded);
    expect(
      count(lines, /^.{36} \*\* .*(?:retry timeout exceeded|have been failing for a long time.*)$/),
    ).toBe(truth.expired);
    expect(count(lines, new RegExp(`${id} \\*\\* `))).toBe(truth.bounced + truth.expired);
    expect(count(lines, / defer \(-5[24]\): /)).toBe(truth.suspended);
    expect(count(lines, new RegExp(`${id} == `))).toBe(truth.attempts.deferred + truth.suspended);
    expect(count(lines, / (?:temporarily )?rejected (?:RCPT|MAIL|EHLO|after DATA|connection)/)).toBe(
      truth.rejected,
    );
  });

  it('sendmail counts what was handed from one queue to the other once', () => {
    const { truth, lines } = run({ lines: 20_000, mta: 'sendmail' });
    const notices = count(lines, /: \S+: (?:DSN|(?:sender|postmaster) notify): /);
    const arrived = count(lines, /: from=.* msgid=</);
    const handed = lines.filter((line) => / mailer=relay, .* stat=Sent \(/.test(line));
    expect(notices).toBe(truth.notifications);
    expect(handed).toHaveLength(truth.hops);
    expect(arrived - handed.length + notices).toBe(truth.messages);
    // The daemon's id in the submission program's line is one that the daemon has.
    const accepted = lines.join('\n');
    for (const line of handed) {
      const [, child] = /\((\S+) Message accepted for delivery\)$/.exec(line) ?? [];
      expect(accepted).toContain(`: ${child}: from=<`);
    }
  });

  it('sendmail counts every recipient of a line', () => {
    const { truth, lines } = run({ lines: 20_000, mta: 'sendmail' });
    const named = (shape: RegExp) =>
      lines
        .filter((line) => shape.test(line) && !line.includes('mailer=relay'))
        // No address of the simulation has a comma but the forged one, and that is alone on its line.
        .map((line) =>
          line.includes('evil')
            ? 1
            : / to=(.*?), (?:\[more\]|ctladdr=|delay=)/.exec(line)![1]!.split(',').length,
        )
        .reduce((all, n) => all + n, 0);
    expect(named(/ to=.* stat=Sent/)).toBe(truth.attempts.delivered);
    expect(named(/ to=.* dsn=5.* stat=/)).toBe(truth.attempts.bounced);
  });
});

it('Exim stamps its lines itself, also those for syslog', () => {
  const { lines } = run({ lines: 2_000, mta: 'exim', envelope: 'rfc3339' });
  const own = lines.filter((line) => line.includes(' exim['));
  expect(own.length).toBeGreaterThan(1_500);
  for (const line of own) {
    const [, first, second] =
      /^(\S{19})\.\S+ mx1 exim\[\d+\]: (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /.exec(line) ?? [];
    expect(first?.replace('T', ' '), line).toBe(second);
  }
});
