/** Unknown replies as the beginnings of rules: TOML that is whole once a cause is filled in. */
import type { UnknownReply } from '../aggregate/unknown.ts';
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
  const lines = [
    '# Replies that no rule knows. Fill in a cause (whybounce causes lists them), shorten the phrase to the words that',
    '# matter, then: whybounce causes test FILE, and whybounce report --rules FILE.',
    ...[...byPhrase].flatMap(([phrase, alike], index) => skeleton(phrase, alike, index + 1)),
  ];
  if (wordless.length > 0) lines.push('', '# No words to make a rule of:', ...wordless.map(remark));
  if (others > 0) lines.push('', `# ${others} further replies did not fit in here.`);
  return `${lines.join('\n')}\n`;
}

function skeleton(phrase: string, alike: readonly UnknownReply[], number: number): string[] {
  const shown = alike.slice(0, MOST_EXAMPLES);
  const examples = shown.map((reply) => `  ${quoted(exampleOf(reply))},`);
  return [
    '',
    ...shown.map(remark),
    '[[rule]]',
    `id = "site.${number}"`,
    'cause = ""',
    `any = [${quoted(phrase)}]`,
    'examples = [',
    ...examples,
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
