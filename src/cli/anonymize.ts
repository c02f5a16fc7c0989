/** `--anonymize`: results without people. */
import { readFileSync } from 'node:fs';
import type { InferredOptionTypes } from 'yargs';
import { Anonymous } from '../track/anonymous.ts';
import type { TrackSink } from '../track/event.ts';
import { Pseudonyms } from '../track/pseudonyms.ts';
import { type Context, type Flags, oneOf } from './command.ts';
import { UsageError } from './errors.ts';

/** Flag of every command whose results name people. */
export const ANONYMIZE_FLAGS = {
  anonymize: {
    type: 'string',
    nargs: 1,
    describe:
      'Name no people: mask takes local parts, IPs and client hosts away, hash puts hashes with the key of ' +
      'WHYBOUNCE_ANONYMIZE_KEY in place',
    coerce: oneOf('--anonymize', ['mask', 'hash']),
  },
} as const satisfies Flags;

/** A shorter key could be guessed together with the names. */
const SHORTEST_KEY = 8;

/** The other names that people get; undefined where they keep theirs. */
export function pseudonymsFor(
  { anonymize }: InferredOptionTypes<typeof ANONYMIZE_FLAGS>,
  { environment }: Pick<Context, 'environment'>,
): Pseudonyms | undefined {
  if (anonymize === undefined) return undefined;
  return new Pseudonyms(
    anonymize === 'mask' ? { mode: 'mask' } : { mode: 'hash', key: keyFrom(environment) },
  );
}

/** Puts the other names in place before a sink, if there are any. */
export function namelessly(names: Pseudonyms | undefined, sink: TrackSink): TrackSink {
  return names === undefined ? sink : new Anonymous(names, sink);
}

function keyFrom(environment: NodeJS.ProcessEnv): string {
  const file = environment['WHYBOUNCE_ANONYMIZE_KEY_FILE'];
  let key = environment['WHYBOUNCE_ANONYMIZE_KEY'] ?? '';
  if (file !== undefined) {
    try {
      key = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw new UsageError(
        `WHYBOUNCE_ANONYMIZE_KEY_FILE cannot be read: ${(error as Error).message}`,
        'name a file that holds the key and nothing else',
      );
    }
  }
  if (key.length >= SHORTEST_KEY) return key;
  throw new UsageError(
    key === '' ? '--anonymize hash needs a key' : 'the key for --anonymize hash is too short',
    `set WHYBOUNCE_ANONYMIZE_KEY to ${SHORTEST_KEY} characters or more, or WHYBOUNCE_ANONYMIZE_KEY_FILE to a file that holds them; --anonymize mask needs none`,
  );
}
