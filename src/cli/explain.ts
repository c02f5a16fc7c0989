/** `whybounce explain`: from one SMTP reply to its cause, what decided, and the remedy. */
import { pipeline } from 'node:stream/promises';
import split from 'split2';
import { CATALOGUE, type Cause } from '../cause/catalogue.ts';
import type { Classifier, Explanation } from '../cause/classifier.ts';
import type { Mta } from '../event/event.ts';
import type { Screen } from '../sink/screen.ts';
import { type Context, defineCommand } from './command.ts';
import { UnusableInputError, UsageError } from './errors.ts';
import { FORM_FLAGS, wantsJson } from './form.ts';
import { MTA_OF_ADVICE } from './mta.ts';
import { BufferedOutput, write } from './output.ts';
import { fields, KIND_IN_WORDS, screenFor } from './page.ts';
import { type ReplyLine, readReplyLine } from './reply-line.ts';
import { classifierFor, RULE_FLAGS } from './rules.ts';

/** No reply is longer, and no line shall fill the memory: the rest of it is dropped. */
const LONGEST_LINE = 256 * 1024;

const NEWLINE = 0x0a;

/** Causes are named by rules, as any text. */
const TITLES: ReadonlyMap<string, Cause> = CATALOGUE;
const CAUSE_WIDTH = Math.max(...[...TITLES.keys()].map((id) => id.length));

export default defineCommand({
  usage: '[TEXT…]',
  description:
    'Tells the cause behind an SMTP reply, how sure that is, which words and which rule decided, who must act and ' +
    'what to do next. With - it reads many from stdin: one reply a line, or one JSON object a line with text and, ' +
    'where known, reply_code, enhanced_code, relay_host, stage, direction (outbound or inbound) and mta.',
  examples: [
    ["whybounce explain '550 5.1.1 User unknown'", 'one reply'],
    ['whybounce explain 452 4.2.2 mailbox full', 'the same without quotes'],
    ["whybounce explain --mta exim '421 Too many connections'", 'what to do in Exim'],
    ['whybounce explain --json - < replies.txt', 'many, as one JSON object a line'],
  ],
  flags: {
    ...FORM_FLAGS,
    mta: MTA_OF_ADVICE,
    ...RULE_FLAGS,
  },
  async run(operands, flags, context) {
    const json = wantsJson(flags);
    const fromPipe = operands.length === 0 && !context.stdin.isTTY;
    if (fromPipe || (operands.length === 1 && operands[0] === '-')) {
      await explainMany(await classifierFor(flags), flags.mta, json, context);
      return;
    }
    const text = operands.join(' ').trim();
    if (text === '')
      throw new UsageError('no reply to explain', 'give its text, or - to read many from stdin');
    const found = (await classifierFor(flags)).explain({ text, mta: flags.mta });
    await write(context.stdout, json ? `${JSON.stringify(record(found))}\n` : inFull(found, context));
  },
});

/** Every line gets exactly one line of output, in the same order, whatever is wrong with it. */
async function explainMany(
  classifier: Classifier,
  mta: Mta | undefined,
  json: boolean,
  context: Context,
): Promise<void> {
  const screen = screenFor(context);
  const output = new BufferedOutput(context.stdout);
  let number = 0;
  let bad = 0;
  let firstBad = '';
  const answer = async (line: string): Promise<void> => {
    number += 1;
    const reply = readReplyLine(line, mta);
    if ('error' in reply) {
      bad += 1;
      if (bad === 1) firstBad = `line ${number}: ${reply.error}`;
    }
    await output.write(json ? jsonLine(reply, classifier) : textLine(reply, classifier, screen));
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
  if (number === 0 && !context.stop.aborted) {
    throw new UnusableInputError(
      'standard input is empty',
      'give one reply a line, or its text behind explain',
    );
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

function textLine(reply: ReplyLine, classifier: Classifier, screen: Screen): string {
  if ('error' in reply) return `${screen.paint('hard', 'error')}  ${screen.safe(reply.error)}\n`;
  const { cause, kind = 'none', confidence, accepted } = classifier.explain(reply.facts);
  const name = screen.left(accepted ? '(accepted)' : cause, CAUSE_WIDTH);
  const text = screen.fit(screen.safe(reply.facts.text), screen.width - CAUSE_WIDTH - 14);
  if (accepted) return `${screen.paint('secondary', name)}  none           ${text}\n`;
  const shown = kind === 'none' ? kind : screen.paint(kind, kind);
  return `${screen.paint('strong', name)}  ${shown}  ${confidence.toFixed(2)}  ${text}\n`;
}

function inFull(found: Explanation, context: Context): string {
  const screen = screenFor(context);
  const { cause, detail, kind, confidence, rule, evidence } = found;
  const codes = [found.reply_code, found.enhanced_code].filter((code) => code !== undefined).join(' ');
  if (found.accepted) return `${codes} says that it was accepted: there is no failure to explain.\n`;
  const entries: [string, string][] = [
    ['cause', detail === undefined ? cause : `${cause}, ${detail}`],
    ['kind', kind === undefined ? 'not known: there is no code that tells' : KIND_IN_WORDS[kind]],
  ];
  // Where nothing decided, nobody is known who acts either.
  const decided = rule !== 'none';
  if (decided) {
    entries.push(
      ['confidence', `${Math.round(confidence * 100)} %`],
      ['decided by', evidence === '' ? `rule ${rule}` : `rule ${rule} on "${screen.safe(evidence)}"`],
    );
  }
  if (codes !== '') entries.push(['codes', codes]);
  if (found.provider !== 'other') entries.push(['provider', found.provider]);
  if (decided) entries.push(['who acts', found.who_acts]);
  entries.push(['what to do', found.remedy]);
  return `${screen.paint('strong', TITLES.get(cause)?.title ?? cause)}\n\n${fields(screen, entries)}`;
}

/** The keys of the contract in the order of the contract; of what was accepted only those that mean something. */
function record(found: Explanation): object {
  const { cause, detail, kind, confidence, rule, evidence } = found;
  const { accepted, reply_code, enhanced_code, provider, who_acts, remedy } = found;
  if (accepted) return { accepted, reply_code, enhanced_code, provider };
  return {
    ...{ cause, detail, kind, confidence, rule, evidence },
    ...{ reply_code, enhanced_code, provider, who_acts, remedy },
  };
}
