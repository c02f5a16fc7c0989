/** Unknown replies as the beginnings of rules: TOML that is whole once a cause is filled in. */
import type { UnknownReply } from '../aggregate/unknown.ts';
import { normalise } from '../cause/normalise.ts';
import { compile, type Phrase } from '../cause/phrase.ts';
import { escapeForTerminal } from './escape.ts';

/** What stands for the placeholders of a canonical text in an example. */
const SAMPLES: Readonly<Record<string, string>> = {
  '<addr>': 'user@example.com',
  '<host>': 'mx.example.com',
  '<ip>': '192.0.2.1',
  '<n>': '1',
  '<id>': 'A1B2C3D4E5',
};

/** A placeholder: five fixed words in angle brackets. */
const PLACEHOLDER = /<(?:addr|host|ip|n|id)>/g;

/** What separates the runs of words that a phrase can be made of: placeholders and all signs. */
const BETWEEN_WORDS = /<(?:addr|host|ip|n|id)>|[^\p{L}\p{N}' ]/u;

/** More words than this are too much for a phrase: wording changes. */
const MOST_WORDS = 8;

/** Examples of one rule that are shown. */
const MOST_EXAMPLES = 3;

/** Nobody fills in more causes than these at once. */
const MOST_RULES = 200;

/** A rule to be: a phrase, and the replies that it is to decide. */
interface Draft {
  readonly phrase: string;
  readonly compiled: Phrase;
  readonly replies: UnknownReply[];
  /** What it must decide, in the form in which phrases are compared with it. */
  readonly examples: { readonly text: string; readonly canonical: string }[];
}

/** Puts unknown replies, the most frequent first, into lines of TOML. Those of one phrase make one rule. */
export function formatUnknownReplies(replies: readonly UnknownReply[], others: number): string {
  if (replies.length === 0) return '# No reply is unknown.\n';
  const byPhrase = new Map<string, UnknownReply[]>();
  for (const reply of replies) {
    const phrase = phraseOf(reply.canonical);
    const alike = byPhrase.get(phrase);
    if (alike === undefined) byPhrase.set(phrase, [reply]);
    else alike.push(reply);
  }
  const wordless = byPhrase.get('') ?? [];
  byPhrase.delete('');
  const drafts: Draft[] = [];
  let rest = others;
  for (const [phrase, alike] of byPhrase) {
    const draft = draftOf(phrase, alike);
    if (draft.examples.length === 0) wordless.push(...alike);
    else if (drafts.length < MOST_RULES) drafts.push(draft);
    else rest += alike.reduce((sum, { count }) => sum + count, 0);
  }
  const lines = [
    '# Replies that no rule knows. Fill in a cause (whybounce causes lists them), shorten the phrase to the words that',
    '# matter, then: whybounce causes test FILE, and whybounce report --rules FILE.',
    ...inOrder(drafts).flatMap((draft, index) => skeleton(draft, index + 1)),
  ];
  if (wordless.length > 0) lines.push('', '# No words to make a rule of:', ...wordless.map(remark));
  if (rest > 0) lines.push('', `# ${rest} further replies did not fit in here.`);
  return `${lines.join('\n')}\n`;
}

function draftOf(phrase: string, replies: UnknownReply[]): Draft {
  const compiled = compile(phrase);
  const examples = replies
    .slice(0, MOST_EXAMPLES)
    .map((reply) => exampleOf(reply))
    .map((text) => ({ text, canonical: normalise(text).text }))
    .filter(({ canonical }) => compiled.find(canonical) !== undefined);
  return { phrase, compiled, replies, examples };
}

/**
 * The first rule that holds decides: so a phrase stands behind all whose replies have it too, and two that would take
 * each other's replies become one.
 */
function inOrder(drafts: readonly Draft[]): Draft[] {
  const waiting = [...drafts];
  const ordered: Draft[] = [];
  const takes = (one: Draft, other: Draft) =>
    one !== other && other.examples.some(({ canonical }) => one.compiled.find(canonical) !== undefined);
  while (waiting.length > 0) {
    let next = waiting.find((draft) => !waiting.some((other) => takes(draft, other)));
    if (next === undefined) {
      next = waiting[0]!;
      for (const other of waiting.filter((each) => takes(next!, each))) {
        next.replies.push(...other.replies);
        next.examples.push(...other.examples.filter(({ canonical }) => next!.compiled.find(canonical)));
        waiting.splice(waiting.indexOf(other), 1);
      }
    }
    waiting.splice(waiting.indexOf(next), 1);
    ordered.push(next);
  }
  return ordered;
}

function skeleton({ phrase, replies, examples }: Draft, number: number): string[] {
  return [
    '',
    ...replies.slice(0, MOST_EXAMPLES).map(remark),
    '[[rule]]',
    `id = "site.${number}"`,
    'cause = ""',
    `any = [${quoted(phrase)}]`,
    'examples = [',
    ...examples.map(({ text }) => `  ${quoted(text)},`),
    ']',
  ];
}

function remark({ count, relayHost, diagnostic }: UnknownReply): string {
  const said = relayHost === undefined ? '' : `, first by ${relayHost}`;
  return escapeForTerminal(`# ${count} ${count === 1 ? 'time' : 'times'}${said}: ${diagnostic}`);
}

/** The reply with its codes and without anybody's address. */
function exampleOf({ canonical, replyCode, enhancedCode }: UnknownReply): string {
  const codes = [replyCode, enhancedCode].filter((code) => code !== undefined);
  return [...codes, canonical.replace(PLACEHOLDER, (name) => SAMPLES[name]!)].join(' ');
}

/** The longest run of words, which no address or sign interrupts; empty where there are no words. */
function phraseOf(canonical: string): string {
  let longest: string[] = [];
  for (const run of canonical.split(BETWEEN_WORDS)) {
    const words = run.split(' ').filter((word) => word !== '');
    if (words.length > longest.length) longest = words;
  }
  const phrase = longest.slice(0, MOST_WORDS).join(' ');
  return /[\p{L}\p{N}]/u.test(phrase) ? phrase : '';
}

/** A TOML string: as in JSON, and with format characters escaped, which a terminal would obey. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\x7f-\x9f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
    (character) => `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`,
  );
}
