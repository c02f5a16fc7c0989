/** What is remembered of a text that was read to its end: enough to know it again, packed or copied. */
import { createHash } from 'node:crypto';

const NEWLINE = 0x0a;

/** Of the beginning of a text and of its first line: a copy that is being made may not be longer yet. */
export interface Fingerprint {
  readonly length: number;
  readonly hash: string;
  readonly lineLength: number;
  readonly lineHash: string;
}

/** The fingerprint of a text by its first bytes; undefined where not even one line is whole. */
export function fingerprintOf(head: Buffer): Fingerprint | undefined {
  const lineLength = head.indexOf(NEWLINE) + 1;
  if (lineLength === 0) return undefined;
  return {
    length: head.length,
    hash: hashOf(head),
    lineLength,
    lineHash: hashOf(head.subarray(0, lineLength)),
  };
}

/** Whether a text that begins like this is the one with that fingerprint. */
export function hasFingerprint(head: Buffer, { length, hash, lineLength, lineHash }: Fingerprint): boolean {
  if (head.length >= length) return hashOf(head.subarray(0, length)) === hash;
  return head.length >= lineLength && hashOf(head.subarray(0, lineLength)) === lineHash;
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64').slice(0, 22);
}
