/** The man page, in the macros of man(7). */
import { VERSION } from '../version.ts';
import type { Manual, ManualCommand, ManualOption } from './manual.ts';
import { ENVIRONMENT, EXIT_CODES, FILES } from './surroundings.ts';

/** The page for section 1. */
export function manPage({ commands, everywhere }: Manual): string {
  return `${[
    '.\\" Written by the tests from src/cli: npm run test:update',
    `.TH WHYBOUNCE 1 "" "whybounce ${VERSION}" "User Commands"`,
    '.SH NAME',
    'whybounce \\- tells from the logs of mail servers why mail failed',
    '.SH SYNOPSIS',
    ...commands.map(({ name, usage }) => `.B whybounce ${roff(name)}\n[options] ${roff(usage)}\n.br`),
    '.SH DESCRIPTION',
    text(
      'whybounce reads the logs of Postfix, Exim and sendmail and says for every failed delivery the probable cause, ' +
        'who must act and what to do next. Results go to standard output, everything else to standard error.',
    ),
    '.SH COMMANDS',
    ...commands.flatMap(section),
    '.SH OPTIONS OF EVERY COMMAND',
    ...everywhere.flatMap(option),
    '.SH EXIT STATUS',
    ...EXIT_CODES.flatMap(entry),
    '.SH ENVIRONMENT',
    ...ENVIRONMENT.flatMap(entry),
    '.SH FILES',
    ...FILES.flatMap(entry),
  ].join('\n')}\n`;
}

function section({ name, usage, description, options, examples }: ManualCommand): string[] {
  return [
    `.SS whybounce ${roff(name)} ${roff(usage)}`,
    text(description),
    ...options.flatMap(option),
    ...(examples.length > 0 ? ['.PP', 'Examples:'] : []),
    ...examples.flatMap(([line, meaning]) => ['.TP', `.B ${argument(line)}`, text(meaning)]),
  ];
}

function option({ name, letter, describe, takesValue, value }: ManualOption): string[] {
  const names = [...(letter === undefined ? [] : [`-${letter}`]), `--${name}`];
  const taken = takesValue ? ` \\fI${roff(value)}\\fR` : '';
  return ['.TP', `${names.map((each) => `\\fB${roff(each)}\\fR`).join(', ')}${taken}`, text(describe)];
}

function entry([name, meaning]: readonly [string, string]): string[] {
  return ['.TP', `.B ${argument(name)}`, text(meaning)];
}

/** A line of running text: a dot or quote at its beginning would be a request. */
function text(words: string): string {
  const escaped = roff(words);
  return /^[.']/.test(escaped) ? `\\&${escaped}` : escaped;
}

/** An argument of a macro, in which spaces and quotes mean something. */
function argument(words: string): string {
  return `"${roff(words).replaceAll('"', '""')}"`;
}

/** Characters that roff reads otherwise: a bare hyphen may be printed as a dash, which cannot be pasted. */
function roff(words: string): string {
  return words.replaceAll('\\', '\\e').replaceAll('-', '\\-').replaceAll('…', '...').replaceAll('’', "'");
}
