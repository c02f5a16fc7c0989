/** `whybounce causes`: the catalogue of causes and remedies. */
import { CATALOGUE, type Cause } from '../cause/catalogue.ts';
import { type Context, defineCommand } from './command.ts';
import { UsageError } from './errors.ts';
import { fields, type Paint, painter, wrap } from './layout.ts';
import { write } from './output.ts';
import { nearest } from './suggest.ts';
import { useColour, widthOf } from './terminal.ts';

export default defineCommand({
  usage: '[ID]',
  description:
    'Lists the causes that a failure can have, or tells one in full: what it means, who must act, what to do.',
  examples: [
    ['causes', 'all of them'],
    ['causes mailbox_full', 'one in full'],
    ['causes --json', 'for other programs'],
  ],
  flags: {
    json: { type: 'boolean', describe: 'Write JSON' },
  },
  async run([id, surplus], flags, context) {
    if (surplus !== undefined) {
      throw new UsageError(`"${surplus}" is one cause too many`, 'give one id, or none for all of them');
    }
    const text =
      id === undefined
        ? wholeCatalogue(flags.json === true, context)
        : oneCause(find(id), flags.json === true, context);
    await write(context.stdout, text);
  },
});

function find(id: string): Cause {
  const ids: ReadonlyMap<string, Cause> = CATALOGUE;
  const cause = ids.get(id);
  if (cause !== undefined) return cause;
  const meant = nearest(id, ids.keys());
  const hint = meant === undefined ? 'whybounce causes lists them' : `did you mean ${meant}?`;
  throw new UsageError(`there is no cause "${id}"`, hint);
}

function wholeCatalogue(json: boolean, context: Context): string {
  const causes = [...CATALOGUE.values()];
  if (json) return `${JSON.stringify(causes.map(record), undefined, 2)}\n`;
  const paint = paintFor(context);
  const rows = causes.map((cause) => [cause.id, cause.kind, cause.who_acts, cause.title] as const);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map(([name, kind, actor, title]) => {
      const cells = [kind.padEnd(widths[1]!), actor.padEnd(widths[2]!), title];
      return `${paint('bold', name.padEnd(widths[0]!))}  ${cells.join('  ')}\n`;
    })
    .join('');
}

function oneCause(cause: Cause, json: boolean, context: Context): string {
  if (json) return `${JSON.stringify(record(cause), undefined, 2)}\n`;
  const paint = paintFor(context);
  const width = widthOf(context.stdout);
  const entries: [string, string][] = [
    ['meaning', cause.meaning],
    ['kind', kindInWords(cause)],
    ['who acts', cause.who_acts],
    ['what to do', cause.remedy],
  ];
  if (cause.inbound) {
    entries.push(['who acts, if this server refused', cause.inbound.who_acts]);
    entries.push(['what to do then', cause.inbound.remedy]);
  }
  const details = Object.entries(cause.details).map(([name, { meaning, who_acts, remedy }]) => {
    const advice = [who_acts && `${who_acts} must act.`, remedy].filter(Boolean).join(' ');
    const text = advice === '' ? meaning : `${meaning} ${advice}`;
    return `\n  ${paint('bold', name)}\n    ${wrap(text, width, 4)}\n`;
  });
  return `${heading(cause, paint)}\n\n${fields(entries, width, paint)}${details.join('')}`;
}

function heading(cause: Cause, paint: Paint): string {
  return `${paint('bold', cause.id)}: ${cause.title}`;
}

function kindInWords({ kind, kindWins }: Cause): string {
  const words =
    kind === 'hard' ? 'hard: repeating the attempt is useless' : 'soft: a later attempt may succeed';
  return kindWins ? words : `${words} (unless the reply's code says otherwise)`;
}

/** A cause with the names and the order that other programs rely on. */
function record({ id, title, meaning, kind, who_acts, remedy, inbound, details }: Cause): object {
  return { id, title, meaning, kind, who_acts, remedy, inbound, details };
}

function paintFor({ colour, environment, stdout }: Context): Paint {
  return painter(useColour(colour, environment, stdout));
}
