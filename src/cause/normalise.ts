/**
 * Turns a raw reply into its canonical text: what stays the same whatever the recipient, the addresses of the
 * hosts, the ids and the line wrapping are. One pass over the characters, no regular expression.
 *
 *     host mx.example.com[192.0.2.1] said: 550-5.1.1 <joe@example.com>: User 550 5.1.1 unknown
 *     (in reply to RCPT TO command)
 *
 * becomes `<addr>: user unknown`, with reply code 550, enhanced code 5.1.1, stage `rcpt`, host mx.example.com.
 */
import type { Stage } from '../event/event.ts';
import { foldToAscii } from './characters.ts';
import { HEADER, Scanner } from './scanner.ts';

/** A reply's canonical form, as `normalise` gives it. */
export interface Normalised {
  /** Lower case; addresses, IPs, hosts, numbers and ids replaced by `<addr>`, `<ip>`, `<host>`, `<n>`, `<id>`. */
  text: string;
  replyCode: number | undefined;
  /** The innermost enhanced code that says something. */
  enhancedCode: string | undefined;
  /** The stage that the MTA's wrapper names. */
  stage: Stage | undefined;
  /** The host that the MTA's wrapper names. */
  host: string | undefined;
}

/** An enhanced code as text: 5007026 is `5.7.26`. */
export function formatEnhanced(code: number): string {
  return `${Math.floor(code / 1_000_000)}.${Math.floor(code / 1000) % 1000}.${code % 1000}`;
}

const scanner = new Scanner();

/** Takes a raw reply (wrappers tolerated), gives its canonical form. For the classifier's fast way see `Scanner`. */
export function normalise(raw: string): Normalised {
  scanner.scan(raw);
  return {
    text: scanner.slice(HEADER),
    replyCode: scanner.reply === 0 ? undefined : scanner.reply,
    enhancedCode: scanner.enhanced === 0 ? undefined : formatEnhanced(scanner.enhanced),
    stage: scanner.stage,
    host: scanner.host(),
  };
}

/** Takes a phrase, gives it in the letters of canonical texts: small ones, Latin ones without accents. */
export function canonicalPhrase(phrase: string): string {
  let result = '';
  for (const character of phrase.toLowerCase()) {
    const ascii = character < '\x80' ? 0 : foldToAscii(character.codePointAt(0)!);
    result += ascii > 0 ? String.fromCharCode(ascii) : character;
  }
  return result;
}
