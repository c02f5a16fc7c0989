import { describe, expect, test } from 'vitest';
import { type Batch, BatchReader, LONGEST_LINE } from '../../../src/input/batches.ts';
import fc from '../../property.ts';

/** All batches of a source that comes in these chunks. */
function batches(chunks: readonly Buffer[]): Batch[] {
  const reader = new BatchReader();
  // The reader must not rely on a chunk once it was asked for the next one.
  const given = chunks.flatMap((chunk) => {
    const reused = Buffer.from(chunk);
    const found = [...reader.push(reused)];
    reused.fill(0x23);
    return found;
  });
  return [...given, ...reader.end()];
}

/** Each line with the byte where it begins, and each line that was too long as `undefined`. */
function lines(chunks: readonly Buffer[]): (readonly [number, string] | undefined)[] {
  return batches(chunks).flatMap(({ text, offset, overlong }) => {
    const skipped = Array.from({ length: overlong }, () => undefined);
    if (text === '') return skipped;
    let at = offset;
    const parts = text.split('\n');
    if (parts.at(-1) === '') parts.pop();
    const found = parts.map((line) => {
      const start = at;
      at += (isAscii(line) ? line.length : Buffer.byteLength(line)) + 1;
      return [start, line] as const;
    });
    return [...skipped, ...found];
  });
}

const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;

/** Cuts bytes at these positions. */
function cut(bytes: Buffer, positions: readonly number[]): Buffer[] {
  const sorted = [...new Set(positions.map((position) => position % (bytes.length + 1)))].sort(
    (a, b) => a - b,
  );
  return [0, ...sorted].map((start, i) => bytes.subarray(start, sorted[i] ?? bytes.length));
}

describe('lines', () => {
  test.each([
    ['nothing', '', []],
    ['one line', 'a\n', [[0, 'a']]],
    [
      'no line end',
      'a\nb',
      [
        [0, 'a'],
        [2, 'b'],
      ],
    ],
    [
      'empty lines',
      '\n\na\n',
      [
        [0, ''],
        [1, ''],
        [2, 'a'],
      ],
    ],
    [
      'carriage returns, which the envelope takes off',
      'a\r\nb\r\n',
      [
        [0, 'a\r'],
        [3, 'b\r'],
      ],
    ],
    [
      'UTF-8',
      'a\nü€\nb\n',
      [
        [0, 'a'],
        [2, 'ü€'],
        [8, 'b'],
      ],
    ],
    [
      'NUL bytes',
      'a\0\n\0\0b\n',
      [
        [0, 'a\0'],
        [3, '\0\0b'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    expect(lines([Buffer.from(text)])).toEqual(expected);
  });

  test('a line that is no UTF-8 is Latin-1, and its neighbours stay what they are', () => {
    const log = Buffer.concat([
      Buffer.from('é\n'),
      Buffer.from([0x66, 0xfc, 0x72, 0x0a]),
      Buffer.from('a\n'),
    ]);
    const found = batches([log]).map(({ text, offset }) => [offset, text]);
    expect(found).toEqual([
      [0, 'é\n'],
      [3, 'für\n'],
      [7, 'a\n'],
    ]);
  });

  test('a line longer than any log line is counted and left out, its neighbours stay', () => {
    const long = Buffer.alloc(LONGEST_LINE + 1, 'x');
    const chunks = [Buffer.from('a\n'), long.subarray(0, 1000), long, Buffer.from('\nb\n')];
    const at = 2 + 1000 + long.length + 1;
    expect(lines(chunks)).toEqual([[0, 'a'], undefined, [at, 'b']]);
    expect(lines(chunks.slice(0, 3))).toEqual([[0, 'a'], undefined]);
  });

  test('a line of the greatest length is read', () => {
    const long = 'x'.repeat(LONGEST_LINE - 10);
    expect(lines(cut(Buffer.from(`a\n${long}\nb`), [70_000, 500_000]))).toEqual([
      [0, 'a'],
      [2, long],
      [long.length + 3, 'b'],
    ]);
  });
});

describe('chunks', () => {
  const bytes = fc
    .array(
      fc.oneof(
        { weight: 3, arbitrary: fc.string().map((text) => Buffer.from(text)) },
        { weight: 3, arbitrary: fc.constantFrom('\n', '\r\n', '\n\n').map((text) => Buffer.from(text)) },
        { weight: 1, arbitrary: fc.string({ unit: 'binary' }).map((text) => Buffer.from(text)) },
        { weight: 1, arbitrary: fc.uint8Array({ maxLength: 20 }).map((array) => Buffer.from(array)) },
      ),
      { maxLength: 60 },
    )
    .map((parts) => Buffer.concat(parts));

  test('may end anywhere: the same bytes give the same lines at the same places', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 20 }), (log, positions) => {
        const each = (chunks: readonly Buffer[]) => {
          const found = new Map<number, string>();
          for (const { text, offset } of batches(chunks)) {
            let at = offset;
            for (const line of text.split(/(?<=\n)/)) {
              found.set(at, line);
              at += line.length;
              if (!isAscii(line)) break;
            }
          }
          return [...found];
        };
        expect(each(cut(log, positions))).toEqual(each([log]));
      }),
      { numRuns: 500 },
    );
  });

  test('no byte is lost, and offsets never lie', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.nat(), { maxLength: 20 }), (log, positions) => {
        let at = 0;
        for (const { text, offset } of batches(cut(log, positions))) {
          expect(offset).toBe(at);
          const utf8 = Buffer.from(text);
          const own = utf8.equals(log.subarray(offset, offset + utf8.length))
            ? utf8
            : Buffer.from(text, 'latin1');
          expect(own.equals(log.subarray(offset, offset + own.length))).toBe(true);
          at += own.length;
        }
        expect(at).toBe(log.length);
      }),
      { numRuns: 500 },
    );
  });
});
