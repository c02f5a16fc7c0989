/** `whybounce query`: questions to a store, by name or in SQL. */
import { escapeForTerminal } from '../sink/escape.ts';
import { percent, spanIn } from '../sink/text/words.ts';
import { requireCurrent } from '../store/migrations.ts';
import {
  answer,
  askFreely,
  DAYS_BEFORE,
  hasPast,
  NEW_CAUSES,
  QUESTIONS,
  type Question,
} from '../store/questions.ts';
import type { Answer, Cell } from '../store/store.ts';
import { defineCommand, type Flags, listed, oneOf, wholeNumber } from './command.ts';
import { UsageError } from './errors.ts';
import { LOG_FLAGS } from './logs.ts';
import { note, write } from './output.ts';
import { addressOf, withReader } from './stores.ts';
import { nearest } from './suggest.ts';
import { parseMoment, parseWindow, parseZone } from './window.ts';

const { since, until, day, tz, now } = LOG_FLAGS;
const NAMES = QUESTIONS.map(({ name }) => name);

const FLAGS = {
  from: {
    type: 'string',
    nargs: 1,
    describe: 'The store: chdb:DIRECTORY, or http://user@host:8123/database',
  },
  sql: { type: 'string', nargs: 1, describe: 'A SELECT of your own, from the view events' },
  format: {
    type: 'string',
    nargs: 1,
    describe: 'text (default), json or ndjson',
    coerce: oneOf('--format', ['text', 'json', 'ndjson']),
  },
  json: { type: 'boolean', describe: 'The same as --format json' },
  ...{ since, until, day, tz, now },
  top: {
    type: 'string',
    nargs: 1,
    describe: 'Rows at most (default 20)',
    coerce: wholeNumber('--top', 1, 100_000),
  },
} as const satisfies Flags;

export default defineCommand({
  usage: `[${NAMES.join('|')}] --from STORE`,
  description:
    'Asks a store. Without a time, about today. ' +
    QUESTIONS.map(({ name, meaning }) => `${name}: ${meaning}.`).join(' '),
  examples: [
    ['whybounce query providers --from chdb:./mail', 'today'],
    ['whybounce query senders --from chdb:./mail --since 7d', 'a week'],
    ["whybounce query --from chdb:./mail --sql 'SELECT count() FROM events'", 'anything'],
  ],
  flags: FLAGS,
  words: NAMES,
  async run(operands, flags, context) {
    const address = addressOf('--from', flags.from);
    const format = flags.json ? 'json' : (flags.format ?? 'text');
    const question = flags.sql === undefined ? find(operands) : undefined;
    if (flags.sql !== undefined && operands.length > 0) {
      throw new UsageError(`--sql contradicts "${operands[0]}"`, 'give one of them');
    }
    const zone = parseZone(flags.tz);
    const time =
      flags.now === undefined ? Date.now() : parseMoment('--now', flags.now, { now: Date.now(), zone });
    const asked = flags.since ?? flags.until ?? flags.day;
    const window = parseWindow(asked === undefined ? { ...flags, day: 'today' } : flags, { now: time, zone });
    const { found, isAlone } = await withReader(address, context, async (store) => {
      await requireCurrent(store);
      if (question === undefined) return { found: await askFreely(store, flags.sql!), isAlone: false };
      const parameters = { from: window.from ?? 0, until: window.until ?? time, top: flags.top ?? 20 };
      const found = await answer(store, question, parameters);
      const compares = question.compares === true && found.rows.length > 0;
      return { found, isAlone: compares && !(await hasPast(store, parameters)) };
    });
    if (isAlone) {
      note(
        context,
        `the store holds no attempts of the ${DAYS_BEFORE} days before, so there is nothing to compare with`,
      );
    } else if (found.rows.length === 0) {
      const { from, until = time } = window;
      const span = from === undefined ? '' : ` from ${spanIn(zone, from, until)}`;
      note(context, question === undefined ? 'no rows' : `nothing was found${span}`);
    }
    // Without anything to compare with all would be new.
    const told = isAlone && question?.name === NEW_CAUSES ? { ...found, rows: [] } : found;
    await write(context.stdout, FORMS[format](told, question?.shares));
  },
});

function find(operands: readonly string[]): Question {
  const [name, more] = operands;
  if (name === undefined) throw new UsageError('no question', `give ${listed(NAMES)}, or --sql`);
  if (more !== undefined) throw new UsageError(`"${more}" is too much`, 'ask one question at a time');
  const found = QUESTIONS.find((each) => each.name === name);
  if (found !== undefined) return found;
  const meant = nearest(name, NAMES);
  throw new UsageError(
    `there is no question "${name}"`,
    meant === undefined ? `give ${listed(NAMES)}, or --sql` : `did you mean ${meant}?`,
  );
}

type Form = (found: Answer, shares?: readonly string[]) => string;

const FORMS: Readonly<Record<'text' | 'json' | 'ndjson', Form>> = {
  text: table,
  json: (found) => `${JSON.stringify(objects(found), undefined, 2)}\n`,
  ndjson: (found) =>
    objects(found)
      .map((each) => `${JSON.stringify(each)}\n`)
      .join(''),
};

function objects({ columns, rows }: Answer): object[] {
  return rows.map((row) => Object.fromEntries(columns.map((name, index) => [name, row[index]])));
}

/** Columns side by side, numbers to the right; nothing where there are no rows. */
function table({ columns, rows }: Answer, shares: readonly string[] = []): string {
  if (rows.length === 0) return '';
  const isShare = columns.map((name) => shares.includes(name));
  const cells = rows.map((row) =>
    row.map((cell, index) => (isShare[index] && cell !== null ? percent(Number(cell), 1) : shownCell(cell))),
  );
  const shown = [columns.map(shownCell), ...cells];
  const widths = columns.map((_, index) => Math.max(...shown.map((row) => row[index]!.length)));
  const isNumber = columns.map((_, index) => rows.every((row) => typeof row[index] !== 'string'));
  return shown
    .map((row) => {
      const cells = row.map((cell, index) =>
        isNumber[index] ? cell.padStart(widths[index]!) : cell.padEnd(widths[index]!),
      );
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
}

function shownCell(cell: Cell): string {
  if (cell === null) return '-';
  return escapeForTerminal(typeof cell === 'object' ? JSON.stringify(cell) : String(cell));
}
