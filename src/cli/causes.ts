/** `whybounce causes`: the catalogue of causes and remedies. */
import { CATALOGUE, type Cause } from '../cause/catalogue.ts';
import { remedyFor } from '../cause/places.ts';
import type { Mta } from '../event/event.ts';
import { type Context, defineCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { FORM_FLAGS, wantsJson } from './form.ts';
import { MTA_OF_ADVICE } from './mta.ts';
import { write } from './output.ts';
import { fields, KIND_IN_WORDS, screenFor } from './page.ts';
import { mistaken, readRuleFile } from './rules.ts';
import { nearest } from './suggest.ts';

export default defineCommand({
  usage: '[ID | test FILE…]',
  description:
    'Lists the causes that a failure can have, or tells one in full: what it means, who must act, what to do. With ' +
    'test it checks files of rules: their form, and that each rule decides its own examples and no near miss.',
  examples: [
    ['whybounce causes', 'all of them'],
    ['whybounce causes user_unknown/no_such_user', 'one in full, as a report names it'],
    ['whybounce causes --mta exim rate_limited', 'what to do in Exim'],
    ['whybounce causes --json', 'for other programs'],
    ['whybounce causes test rules.toml', 'rules of your own'],
  ],
  flags: {
    ...FORM_FLAGS,
    mta: MTA_OF_ADVICE,
  },
  words: [...CATALOGUE.keys(), 'test'],
  async run(operands, flags, context) {
    if (operands[0] === 'test') {
      await testRules(operands.slice(1), context);
      return;
    }
    const text =
      operands.length === 0
        ? wholeCatalogue(flags.mta, wantsJson(flags), context)
        : oneCause(forMta(asked(operands), flags.mta), wantsJson(flags), context);
    await write(context.stdout, text);
  },
});

/** Tells every mistake in its file and line, and ends with an error where there is one. */
async function testRules(files: readonly string[], context: Context): Promise<void> {
  if (files.length === 0) throw new UsageError('no file of rules to test', 'name one or more TOML files');
  const { tryUserRules } = await import('../cause/user-rules.ts');
  const screen = screenFor(context);
  let error: UsageError | undefined;
  for (const file of files) {
    const { rules, mistakes } = await readRuleFile(file);
    const found = mistakes.length > 0 ? mistakes : tryUserRules(rules);
    for (const { line, message } of found) {
      await write(context.stdout, `${screen.safe(`${file}:${line}: ${message}`)}\n`);
    }
    if (found.length === 0) {
      const examples = rules.reduce((sum, { rule }) => sum + rule.examples.length, 0);
      await write(
        context.stdout,
        `${screen.safe(file)}: ${rules.length} rules decide their ${examples} examples\n`,
      );
    } else error ??= mistaken(file, found, 'mend what is said above and test again');
  }
  if (error !== undefined) throw error;
}

/** A cause, or one with a detail as reports, `user_unknown/no_such_user`, and traces, `user_unknown, no_such_user`, tell it. */
function asked(operands: readonly string[]): Cause {
  const [id = '', detail, surplus] = operands.join(' ').split(/[/,\s]+/);
  const cause = find(id);
  if (detail === undefined || detail === '') return cause;
  const finer = Object.entries(cause.details).filter(([name]) => name === detail);
  const tooMany = finer.length === 0 && (CATALOGUE as ReadonlyMap<string, Cause>).has(detail);
  if (tooMany || surplus !== undefined) {
    throw new UsageError(
      `"${surplus ?? detail}" is one cause too many`,
      'give one id, or none for all of them',
    );
  }
  if (finer.length === 0) {
    throw new UsageError(`${id} has no detail "${detail}"`, `whybounce causes ${id} lists those it has`);
  }
  return { ...cause, details: Object.fromEntries(finer) };
}

function find(id: string): Cause {
  const ids: ReadonlyMap<string, Cause> = CATALOGUE;
  const cause = ids.get(id);
  if (cause !== undefined) return cause;
  const meant = nearest(id, ids.keys());
  const hint = meant === undefined ? 'whybounce causes lists them' : `did you mean ${meant}?`;
  throw new UsageError(`there is no cause "${id}"`, hint);
}

function wholeCatalogue(mta: Mta | undefined, json: boolean, context: Context): string {
  const causes = [...CATALOGUE.values()].map((cause) => forMta(cause, mta));
  if (json) return `${JSON.stringify(causes.map(record), undefined, 2)}\n`;
  const screen = screenFor(context);
  const widths = [
    Math.max(...causes.map(({ id }) => id.length)),
    Math.max(...causes.map(({ who_acts }) => who_acts.length)),
  ] as const;
  return causes
    .map(({ id, kind, who_acts, title }) => {
      const name = screen.paint('strong', id.padEnd(widths[0]));
      return `${name}  ${screen.paint(kind, kind)}  ${who_acts.padEnd(widths[1])}  ${title}\n`;
    })
    .join('');
}

/** The cause with the places of its remedies filled in, for one mail server or for all. */
function forMta(cause: Cause, mta: Mta | undefined): Cause {
  const mtas = mta === undefined ? [] : [mta];
  const filled = <T extends Texts>(advice: T): T => ({
    ...advice,
    ...Object.fromEntries(
      TEXTS.flatMap((name) => {
        const text = advice[name];
        return text === undefined ? [] : [[name, remedyFor(text, mtas)]];
      }),
    ),
  });
  const { inbound, local, details } = cause;
  return {
    ...filled(cause),
    ...(inbound && { inbound: filled(inbound) }),
    ...(local && { local: filled(local) }),
    details: Object.fromEntries(
      Object.entries(details).map(([name, detail]) => [
        name,
        { ...filled(detail), ...(detail.inbound && { inbound: filled(detail.inbound) }) },
      ]),
    ),
  };
}

/** Texts of advice that may name places. */
const TEXTS = ['remedy', 'waiting', 'returned', 'whenHard'] as const;
type Texts = Readonly<Partial<Record<(typeof TEXTS)[number], string>>>;

/** What to do, and what becomes of the mail. */
function whatToDo({ remedy, whenHard, waiting, returned }: Texts): [string, string][] {
  return (
    [
      ['what to do', remedy],
      ['where it is final', whenHard],
      ['while it waits', waiting],
      ['once it came back', returned],
    ] as const
  ).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]]));
}

function oneCause(cause: Cause, json: boolean, context: Context): string {
  if (json) return `${JSON.stringify(record(cause), undefined, 2)}\n`;
  const screen = screenFor(context);
  const { inbound, local } = cause;
  const elsewhere = [
    ['Where this host itself failed to deliver the mail', local],
    ["Where this server refused somebody's mail", inbound],
  ] as const;
  const unless = cause.kindWins ? '' : " (unless the reply's code says otherwise)";
  const entries: [string, string][] = [
    ['meaning', cause.meaning],
    ['kind', KIND_IN_WORDS[cause.kind] + unless],
    ['who acts', cause.who_acts],
    ...whatToDo(cause),
  ];
  let page = `${screen.paint('strong', cause.id)}: ${cause.title}\n\n${fields(screen, entries)}`;
  for (const [where, other] of elsewhere) {
    if (other === undefined) continue;
    page += `\n${where}:\n\n`;
    page += fields(screen, [['who acts', other.who_acts], ...whatToDo(other)]);
  }
  const details = Object.entries(cause.details);
  if (details.length > 0) page += '\nDetails:\n';
  for (const [name, { inbound: refused, ...detail }] of details) {
    const { meaning, who_acts } = detail;
    const finer: [string, string][] = [['meaning', meaning]];
    if (who_acts !== undefined) finer.push(['who acts', who_acts]);
    finer.push(...whatToDo(detail));
    if (refused !== undefined) finer.push(['refused here', `${refused.who_acts}. ${refused.remedy}`]);
    page += `\n${screen.paint('strong', name)}\n${fields(screen, finer)}`;
  }
  return page;
}

/** A cause with the names and the order that other programs rely on. */
function record({ id, title, meaning, kind, who_acts, inbound, local, details, ...texts }: Cause): object {
  const { remedy, whenHard, waiting, returned } = texts;
  return {
    ...{ id, title, meaning, kind, who_acts, remedy, remedy_when_hard: whenHard },
    ...{ remedy_while_waiting: waiting, remedy_once_returned: returned, inbound, local, details },
  };
}
