#!/usr/bin/env node
/**
 * Writes the log of an imaginary busy mail server, of any length, together with the truth about it.
 *
 *   node bench/generate.mjs --lines 1000000 --seed 1 --out mail.log --truth truth.json [--mta exim]
 *
 * Deterministic: the same options give the same bytes. Memory stays bounded: only mail that is still in the
 * simulated queue is held. Time runs through a calendar of events (buckets of a second, a small heap for the
 * present one), so transactions interleave as they do in a real log, and stamps never go back.
 *
 * The truth is counted where a line is written, never before: it is what can be known from the lines that are
 * there, also where the log is cut in the middle of a transaction.
 *
 * THE MIX (also in README.md; measured shares there). An arrival is one of:
 */
const ARRIVALS = [
  // weight, kind
  [33, 'inbound'], //    mail from outside for this server's domains
  [26, 'submission'], // an authenticated user sends
  [9, 'application'], // a web shop or cron job on the host sends (pickup)
  [0.5, 'newsletter'], // 10 to 40 messages in a row from localhost, one recipient each
  [0.7, 'list'], //      one message to 8 to 40 recipients
  [6.5, 'refused'], //   smtpd says no: NOQUEUE reject
  [3, 'screened'], //    postscreen says no: DNS block lists, early talkers, hangups
  [3.5, 'attack'], //    password guessing
  [4, 'idle'], //        connects and leaves without mail
  [0.3, 'probe'], //     verification of an address before mail is accepted
  [0.15, 'milter'], //   message refused after its content was seen
  [11, 'others'], //     lines of other programs (none in a log file that is the server's alone)
];

/** Shares inside those, each of the recipients or messages concerned. */
const SHARE = {
  filtered: 0.4, //        inbound messages that pass a content filter (two queue ids, one hop)
  filterDiscards: 0.012, // of those: thrown away as spam by the filter
  filterBounces: 0.003, //  of those: bounced by the filter
  screenNew: 0.02, //      inbound clients that postscreen has not seen before
  alias: 0.08, //          local recipients reached through an alias (`orig_to=`)
  forward: 0.12, //        recipients of the `local` agent that forward to an address outside
  discard: 0.003, //       local recipients that are routed to discard(8)
  localFailure: 0.02, //  local recipients that fail
  lost: 0.004, //          outbound sessions that break
  reused: 0.05, //         outbound deliveries over a connection already open (`conn_use=`)
  suspends: 0.45, //       connection failures after which the destination is left alone for a while
  smallDomain: 0.43, //    outbound recipients outside the big consumer providers
  localOfSubmission: 0.15, // recipients of submitted mail that live on this server
  forged: 1 / 15000, //    addresses, message-ids and replies made to fool log readers
  operator: 1 / 900, //    deferrals that make an operator delete or hold a message
};

import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createAddresses } from './simulation/addresses.mjs';
import { createArrivals } from './simulation/arrivals.mjs';
import { createCalendar } from './simulation/calendar.mjs';
import { createChance } from './simulation/chance.mjs';
import { createDelivery } from './simulation/delivery.mjs';
import { createExim } from './simulation/exim.mjs';
import { createMail } from './simulation/mail.mjs';
import { createPostfix } from './simulation/postfix.mjs';
import { SELF } from './simulation/replies.mjs';
import { createSendmail } from './simulation/sendmail.mjs';
import { createTruth } from './simulation/truth.mjs';
import { HOUR, SEC } from './simulation/units.mjs';
import { createWriter, FULL } from './simulation/writer.mjs';

/**
 * The servers. `perArrival`: measured lines that one arrival leads to, which turns the wanted length into a rate.
 * The first of `envelopes` and `releases` is what is written where nothing is said.
 */
const SERVERS = {
  postfix: {
    create: createPostfix,
    perArrival: 11.2,
    envelopes: ['rfc3164', 'rfc3339', 'rfc5424', 'postlogd'],
    releases: ['3.7', '3.11'],
  },
  exim: {
    create: createExim,
    perArrival: 3.8,
    envelopes: ['mainlog', 'rfc3164', 'rfc3339', 'rfc5424'],
    releases: ['4.96', '4.99'],
  },
  sendmail: {
    create: createSendmail,
    perArrival: 4,
    envelopes: ['rfc3164', 'rfc3339', 'rfc5424'],
    releases: ['8.17'],
  },
};
/** Log files that only the mail server writes to. */
const ALONE = ['postlogd', 'mainlog'];

/**
 * @typedef {object} Options
 * @property {number} lines
 * @property {number} [seed]
 * @property {'postfix' | 'exim' | 'sendmail'} [mta]
 * @property {'rfc3164' | 'rfc3339' | 'rfc5424' | 'postlogd' | 'mainlog'} [envelope]
 * @property {'long' | 'short'} [ids] Postfix's
 * @property {'3.7' | '3.11'} [postfix] release
 * @property {'4.96' | '4.99'} [exim] release
 * @property {string} [start] first day, `YYYY-MM-DD` (UTC)
 * @property {(block: Buffer) => void} write
 */

/**
 * Runs the simulation. Returns the truth.
 * @param {Options} options
 */
export function generate(options) {
  const { lines: limit, seed = 1, mta = 'postfix', ids = 'long' } = options;
  const { create, perArrival, envelopes, releases } = SERVERS[mta];
  const { envelope = envelopes[0], [mta]: release = releases[0] } = options;
  const start = Date.parse(`${options.start ?? '2026-11-09'}T00:00:00Z`) * 1000;
  const othersToo = !ALONE.includes(envelope);

  // A day to a week, at about four lines a second in between. The queue lives long enough to see mail expire.
  const span = Math.min(7 * 86400, Math.max(86400, limit / 4)) * SEC;
  const lifetime = Math.min(48 * HOUR, span / 3);
  const delayWarning = lifetime / 6;
  const meanGap = (span * perArrival) / limit;

  const writer = createWriter({ limit, envelope, host: SELF.name, start, write: options.write });
  const calendar = createCalendar(start);
  let others = 0;
  /** A line of a program that is not the mail server's. */
  function other(time, program, text) {
    const [, name, pid] = /^([^[]+)(?:\[(\d+)\])?$/.exec(program);
    writer.emit(time, writer.tag(name, pid), text);
    others++;
  }

  // Each part takes what it needs of the parts before it. The server comes first, since all the rest asks it; what it
  // calls itself it takes from the kit when it is running.
  const kit = { ARRIVALS, SHARE, ids, release, othersToo, lifetime, delayWarning, meanGap, other };
  Object.assign(kit, writer, calendar, createChance(seed));
  kit.say = (time, process, text) => writer.emit(time, process.tag, text);
  kit.server = create(kit);
  Object.assign(kit, createTruth());
  Object.assign(kit, createAddresses(kit));
  Object.assign(kit, createMail(kit));
  Object.assign(kit, createDelivery(kit));
  calendar.at(start, createArrivals(kit));
  try {
    calendar.run();
  } catch (error) {
    if (error !== FULL) throw error;
  }
  writer.end();

  return {
    options: { lines: limit, seed, mta, envelope, ...(mta === 'postfix' && { ids }), [mta]: release },
    window: { from: new Date(start / 1000).toISOString(), to: new Date(writer.now() / 1000).toISOString() },
    lines: { total: writer.written(), other_programs: others },
    ...kit.result(),
  };
}

/**
 * Generates into a file; returns the truth.
 * @param {string | undefined} file standard output where undefined
 * @param {Omit<Options, 'write'>} options
 */
export function generateFile(file, options) {
  const fd = file === undefined ? 1 : openSync(file, 'w');
  try {
    return generate({ ...options, write: (block) => writeAll(fd, block) });
  } finally {
    if (file !== undefined) closeSync(fd);
  }
}
/** A pipe may take less than it is given, or nothing for the moment. */
function writeAll(fd, block) {
  let offset = 0;
  while (offset < block.length) {
    try {
      offset += writeSync(fd, block, offset);
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5);
    }
  }
}

/** Whether the command line makes sense: what belongs to one server is not for another. */
function isUnderstood({ lines, seed, mta, envelope, ids, start, ...releases }) {
  const server = SERVERS[mta];
  return (
    server !== undefined &&
    Number.isInteger(lines) &&
    lines > 0 &&
    Number.isInteger(seed) &&
    (envelope === undefined || server.envelopes.includes(envelope)) &&
    (ids === undefined || (mta === 'postfix' && ['long', 'short'].includes(ids))) &&
    Object.entries(releases).every(([of, release]) => of === mta && server.releases.includes(release)) &&
    (start === undefined || /^\d{4}-\d\d-\d\d$/.test(start))
  );
}

const USAGE = `usage: node bench/generate.mjs --lines N [--seed N] [--out FILE] [--truth FILE] [--start YYYY-MM-DD]
         [--mta postfix]  [--envelope rfc3164|rfc3339|rfc5424|postlogd] [--ids long|short] [--postfix 3.7|3.11]
          --mta exim      [--envelope mainlog|rfc3164|rfc3339|rfc5424] [--exim 4.96|4.99]
          --mta sendmail  [--envelope rfc3164|rfc3339|rfc5424]`;

function main() {
  let values;
  try {
    ({ values } = parseArgs({
      options: {
        lines: { type: 'string', default: '100000' },
        seed: { type: 'string', default: '1' },
        out: { type: 'string' },
        truth: { type: 'string' },
        mta: { type: 'string', default: 'postfix' },
        envelope: { type: 'string' },
        ids: { type: 'string' },
        postfix: { type: 'string' },
        exim: { type: 'string' },
        start: { type: 'string' },
        help: { type: 'boolean' },
      },
    }));
  } catch (error) {
    console.error(`${error.message}\n${USAGE}`);
    return 2;
  }
  const { out, truth: truthFile, help, ...given } = values;
  const options = { ...given, lines: Number(given.lines), seed: Number(given.seed) };
  if (help || !isUnderstood(options)) {
    console.error(USAGE);
    return help ? 0 : 2;
  }
  const begun = performance.now();
  const truth = generateFile(out, options);
  const seconds = (performance.now() - begun) / 1000;
  if (truthFile !== undefined) writeFileSync(truthFile, `${JSON.stringify(truth, null, 2)}\n`);
  const rate = Math.round(options.lines / seconds).toLocaleString('en');
  console.error(`${truth.lines.total} lines in ${seconds.toFixed(1)} s (${rate} a second)`);
  return 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) process.exitCode = main();
