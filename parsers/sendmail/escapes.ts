/**
 * sendmail writes every byte above 127 as an octal escape, `Bo\356te aux lettres`, `Usu\303\241rio`, and a backslash as
 * two. Escapes of control characters (`\t`, `\001`) stay as they are.
 */

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Gives a text its letters back: UTF-8 where that is what the bytes are, else Latin-1. */
export function withLetters(text: string): string {
  if (!text.includes('\\')) return text;
  // Two backslashes, or a run of bytes of exactly four characters each: nothing can be matched in two ways.
  return text.replace(/\\\\|(?:\\[23][0-7]{2})+/g, (run) => {
    if (run === '\\\\') return '\\';
    const bytes = Buffer.alloc(run.length / 4);
    for (let i = 0; i < bytes.length; i++) bytes[i] = Number.parseInt(run.slice(4 * i + 1, 4 * i + 4), 8);
    try {
      return utf8.decode(bytes);
    } catch {
      return bytes.toString('latin1');
    }
  });
}
