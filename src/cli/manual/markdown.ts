/** The command reference, as Markdown. */
import type { Manual, ManualCommand, ManualOption } from './manual.ts';
import { ENVIRONMENT, EXIT_CODES, FILES } from './surroundings.ts';

/** The page of all commands and options. */
export function commandReference({ commands, everywhere }: Manual): string {
  return `${[
    '# Commands',
    '<!-- Written by the tests from src/cli: npm run test:update -->',
    'What `whybounce COMMAND --help` says of each command, on one page. There is a man page too, `whybounce(1)`.',
    table(
      ['command', 'does'],
      commands.map(({ name, summary }) => [`[${name}](#${name})`, cell(summary)]),
    ),
    ...commands.flatMap(section),
    '## Options of every command',
    optionTable(everywhere),
    '## Exit codes',
    table(
      ['code', 'meaning'],
      EXIT_CODES.map((row) => row.map(cell)),
    ),
    '## Environment',
    table(
      ['variable', 'meaning'],
      ENVIRONMENT.map(([name, meaning]) => [code(name), cell(meaning)]),
    ),
    '## Files',
    table(
      ['file', 'meaning'],
      FILES.map(([name, meaning]) => [code(name), cell(meaning)]),
    ),
  ].join('\n\n')}\n`;
}

function section({ name, usage, description, options, examples }: ManualCommand): string[] {
  const width = Math.max(...examples.map(([line]) => line.length));
  return [
    `## ${name}`,
    `\`whybounce ${name} ${usage}\``,
    description,
    ...(options.length > 0 ? [optionTable(options)] : []),
    `\`\`\`sh\n${examples.map(([line, meaning]) => `${line.padEnd(width)}  # ${meaning}`).join('\n')}\n\`\`\``,
  ];
}

function optionTable(options: readonly ManualOption[]): string {
  return table(
    ['option', 'meaning'],
    options.map(({ name, letter, describe, takesValue, value }) => [
      `${letter === undefined ? '' : `\`-${letter}\`, `}\`--${name}${takesValue ? ` ${cell(value)}` : ''}\``,
      cell(describe),
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function code(text: string): string {
  return `\`${text}\``;
}

/** Text of a table's cell: what Markdown would read is escaped. */
function cell(text: string): string {
  return text.replace(/[\\`*_{}[\]<>|]/g, '\\$&');
}
