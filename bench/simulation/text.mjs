/** The lines of a reply, which `replies.mjs` has joined as Postfix joins them: each began with the code. */
export function linesOf(reply) {
  if (reply[3] !== '-') return [reply];
  return reply.split(new RegExp(` (?=${reply.slice(0, 3)}[- ])`));
}

/** Exim and sendmail write bytes outside printable ASCII as octal escapes. */
export function printable(text) {
  if (!/[^ -~]/.test(text)) return text;
  return text.replace(/[^ -~]+/gu, (part) =>
    [...Buffer.from(part)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join(''),
  );
}
