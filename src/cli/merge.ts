/** `whybounce report --merge`: JSON reports made one. */
import { mergeReports, type ReportDocument, ReportError } from '../aggregate/merged.ts';
import type { Report } from '../aggregate/report.ts';
import { expandGlobs } from '../input/globs.ts';
import { openSources, type Source } from '../input/source.ts';
import type { Context } from './command.ts';
import { UnusableInputError, UsageError } from './errors.ts';

/** Reads reports, plain or compressed, and adds them up. */
export async function mergeFiles(
  operands: readonly string[],
  options: { now: number; top: number },
  context: Context,
): Promise<Report> {
  if (operands.length === 0 && context.stdin.isTTY) {
    throw new UsageError('no report to merge', 'name the JSON files, or pipe one in');
  }
  const names = operands.length === 0 ? ['-'] : expandGlobs(operands);
  const sources = await openSources(names, { stdin: context.stdin, now: options.now, stop: context.stop });
  const documents: ReportDocument[] = [];
  for (const source of sources) documents.push({ file: nameOf(source), value: await documentOf(source) });
  try {
    return mergeReports(documents, options);
  } catch (error) {
    if (!(error instanceof ReportError)) throw error;
    throw new UnusableInputError(error.message, 'give reports made by whybounce report --json');
  }
}

function nameOf({ name }: Source): string {
  return name === '-' ? 'standard input' : name;
}

/** Piece by piece, since the text of a report may be larger than a string can be. */
async function documentOf(source: Source): Promise<unknown> {
  const { default: parser } = await import('stream-json/parser.js');
  const { default: Assembler } = await import('stream-json/assembler.js');
  const assembler = new Assembler();
  const name = nameOf(source);
  let bytes = 0;
  try {
    const tokens = parser.asStream();
    assembler.connectTo(tokens);
    const done = new Promise<void>((resolve, reject) => {
      tokens.on('end', resolve).on('error', reject);
      tokens.on('data', () => undefined);
    });
    const feed = (async () => {
      for await (const chunk of source.chunks()) {
        bytes += chunk.length;
        if (!tokens.write(chunk)) await new Promise((resolve) => tokens.once('drain', resolve));
      }
      tokens.end();
    })();
    await Promise.all([feed, done]);
  } catch (error) {
    if ((error as Error).name === 'InputError') throw error;
    if (bytes === 0) throw nothingIn(source);
    throw new UnusableInputError(
      `${name} is not JSON (${(error as Error).message})`,
      'give reports made by whybounce report --json',
    );
  }
  if (bytes === 0) throw nothingIn(source);
  if (assembler.depth > 0)
    throw new UnusableInputError(`${name} ends in the middle`, 'make that report again');
  return assembler.current;
}

function nothingIn(source: Source): UnusableInputError {
  return new UnusableInputError(
    `${nameOf(source)} is empty`,
    source.name === '-' ? 'name the JSON reports to merge, or pipe one in' : 'make that report again',
  );
}
