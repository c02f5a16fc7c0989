/** `whybounce explain`: from one SMTP reply to its cause, what decided, and the remedy. */
import { pipeline } from 'node:stream/promises';
import split from 'split2';
import { CATALOGUE } from '../cause/catalogue.ts';
import { Classifier, type Explanation } from '../cause/classifier.ts';
import { type Context, defineCommand } from './command.ts';
import { UnusableInputError, UsageError } from './errors.ts';
import { fields, type Paint, painter } from './layout.ts';
import { BufferedOutput, write } from './output.ts';
import { type ReplyLine, readReplyLine } from './reply-line.ts';
import { printable, useColour, widthOf } from './terminal.ts';

/** No reply is longer, and no line shall fill the memory: the rest of it is dropped. */
const LONGEST_LINE = 256 * 1024;

const NEWLINE = 0x0a;

export default defineCommand({
  usage: '[TEXT…]',
  description:
    'Tells the cause behind an SMTP reply, how sure that is, which words and which rule decided, who must act and\n' +
    'what to do next. With - it reads many from stdin: one reply a line, or one JSON object a line with text and,\n' +
    'where known, reply_code, enhanced_code, relay_host, stage, direction (outbound or inbound) and mta.',
  examples: [
    ["explain '550 5.1.1 <a@example.org>: User unknown'", 'one reply'],
    ['explain 452 4.2.2 mailbox full', 'quotes can be left out'],
    ['explain --json - < replies.txt', 'many, one JSON object a line'],
  ],
  flags: {
    json: { type: 'boolean', describe: 'Write one JSON object a line' },
  },
  async run(operands, flags, context) {
    const json = flags.json === true;
    const fromPipe = operands.length === 0 && !context.stdin.isTTY;
    if (fromPipe || (operands.length === 1 && operands[0] === '-')) {
      await explainMany(json, context);
      return;
    }
    const text = operands.join(' ').trim();
    if (text === '')
      throw new UsageError('no reply to explain', 'give its text, or - to read many from stdin');
    const found = new Classifier().explain({ text });
    await write(context.stdout, json ? `${JSON.stringify(record(found))}\n` : inFull(found, context));
  },
});

/** Every line gets exactly one line of output, in the same order, whatever is wrong with it. */
async function explainMany(json: boolean, context: Context): Promise<void> {
  const classifier = new Classifier();
  const paint = painter(useColour(context.colour, context.environment, context.stdout));
  const width = widthOf(context.stdout);
  const output = new BufferedOutput(context.stdout);
  let number = 0;
  let bad = 0;
  let firstBad = '';
  const answer = async (line: string): Promise<void> => {
    number += 1;
    const reply = readReplyLine(line);
    if ('error' in reply) {
      bad += 1;
      if (bad === 1) firstBad = `line ${number}: ${reply.error}`;
    }
    await output.write(json ? jsonLine(reply, classifier) : textLine(reply, classifier, width, paint));
  };
  try {
    await pipeline(
      context.stdin,
      shortened,
      split('\n'),
      async (lines: AsyncIterable<string>) => {
        for await (const line of lines) await answer(line.endsWith('\r') ? line.slice(0, -1) : line);
      },
      { signal: context.stop },
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).syscall !== 'read') throw error;
    throw new UnusableInputError(`standard input cannot be read: ${(error as Error).message}`);
  } finally {
    await output.flush();
  }
  if (bad > 0) {
    const others = bad === 1 ? '' : ` (and ${bad - 1} more such lines)`;
    throw new UnusableInputError(
      `${firstBad}${others}`,
      'give one reply a line, or one JSON object a line with a text',
    );
  }
}

/** Cuts lines that are too long. They must not vanish, or the answers would no longer stand beside the questions. */
async function* shortened(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let length = 0;
  for await (const chunk of chunks) {
    for (let start = 0; start < chunk.length; ) {
      const newline = chunk.indexOf(NEWLINE, start);
      const end = newline < 0 ? chunk.length : newline;
      const room = Math.max(0, LONGEST_LINE - length);
      if (room >= end - start) yield chunk.subarray(start, newline < 0 ? end : end + 1);
      else {
        yield chunk.subarray(start, start + room);
        if (newline >= 0) yield chunk.subarray(newline, newline + 1);
      }
      length = newline < 0 ? length + end - start : 0;
      start = end + 1;
    }
  }
}

function jsonLine(reply: ReplyLine, classifier: Classifier): string {
  const answer = 'error' in reply ? reply : record(classifier.explain(reply.facts));
  return `${JSON.stringify(answer)}\n`;
}

function textLine(reply: ReplyLine, classifier: Classifier, width: number, paint: Paint): string {
  if ('error' in reply) return `${paint('red', 'error'.padEnd(36))}${reply.error}\n`;
  const { cause, kind, confidence } = classifier.explain(reply.facts);
  const head = `${cause.padEnd(24)}${kind}  ${confidence.toFixed(2)}  `;
  return `${paint('bold', head)}${printable(reply.facts.text).slice(0, Math.max(20, width - head.length))}\n`;
}

function inFull(found: Explanation, context: Context): string {
  const paint = painter(useColour(context.colour, context.environment, context.stdout));
  const { cause, detail, kind, confidence, evidence } = found;
  const title = [...CATALOGUE.values()].find(({ id }) => id === cause)?.title ?? cause;
  const codes = [found.reply_code, found.enhanced_code].filter((code) => code !== undefined).join(' ');
  const entries: [string, string][] = [
    ['cause', detail === undefined ? cause : `${cause}, ${detail}`],
    [
      'kind',
      kind === 'hard' ? 'hard: repeating the attempt is useless' : 'soft: a later attempt may succeed',
    ],
    ['confidence', `${Math.round(confidence * 100)} %`],
    ['decided by', evidence === '' ? `rule ${found.rule}` : `rule ${found.rule} on "${printable(evidence)}"`],
  ];
  if (codes !== '') entries.push(['codes', codes]);
  if (found.provider !== 'other') entries.push(['provider', found.provider]);
  entries.push(['who acts', found.who_acts], ['what to do', found.remedy]);
  return `${paint('bold', title)}\n\n${fields(entries, widthOf(context.stdout), paint)}`;
}

/** The keys of the contract in the order of the contract. */
function record(found: Explanation): object {
  const { cause, detail, kind, confidence, rule, evidence } = found;
  const { reply_code, enhanced_code, provider, who_acts, remedy } = found;
  return {
    ...{ cause, detail, kind, confidence, rule, evidence },
    ...{ reply_code, enhanced_code, provider, who_acts, remedy },
  };
}
