/** Journal exports and JSON documents: the same entries in every form, whatever the chunks, whole, cut and damaged. */

import { describe, expect, test } from 'vitest';
import { type Batch, LONGEST_LINE } from '../../../src/input/batches.ts';
import { InputError } from '../../../src/input/error.ts';
import { readerOf } from '../../../src/input/reader.ts';
import fc from '../../property.ts';

interface Entry {
  readonly MESSAGE: string | number[] | undefined;
  readonly SYSLOG_IDENTIFIER: string;
  readonly _HOSTNAME: string;
  readonly __REALTIME_TIMESTAMP: string;
}

/** What a text gives in chunks of these sizes, and the error that ended it. */
function readAll(text: Buffer, sizes: readonly number[] = [text.length]) {
  const batches: Batch[] = [];
  let error: InputError | undefined;
  const reader = readerOf(text.subarray(0, Math.max(64, sizes[0]!)), 'mail.journal');
  try {
    let start = 0;
    for (let i = 0; start < text.length; i++) {
      const end = start + Math.max(1, sizes[i % sizes.length]!);
      const chunk = Buffer.from(text.subarray(start, end));
      for (const batch of reader.push(chunk)) batches.push(batch);
      chunk.fill(0x23);
      start = end;
    }
    for (const batch of reader.end()) batches.push(batch);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(InputError);
    error = thrown as InputError;
  }
  return { batches, error };
}

/** The entries of batches as objects, `undefined` for one that was too long. */
const entriesOf = (batches: readonly Batch[]) =>
  batches.map(({ text, overlong }) => (overlong > 0 ? undefined : JSON.parse(text)));

function exportField(name: string, value: string, binary: boolean): Buffer {
  if (!binary) return Buffer.from(`${name}=${value}\n`);
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, bytes, Buffer.from('\n')]);
}

/** As systemd writes it: binary where there are control characters. */
function exported(entry: Entry): Buffer {
  const fields = Object.entries({
    __CURSOR: 's=1;i=2',
    ...entry,
    _SYSTEMD_CGROUP: '/system.slice/postfix.service',
  });
  return Buffer.concat([
    ...fields.map(([name, value]) => exportField(name, String(value), /[^\x20-\x7e]/.test(String(value)))),
    Buffer.from('\n'),
  ]);
}

const texts = fc.oneof(
  fc.string({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.constantFrom('{', '}{"MESSAGE":"x"}', ']', '\n\nMESSAGE=forged\n\n', '\\"', '\\', 'é'.repeat(200)),
);
const entries = fc.array(
  fc.record({
    MESSAGE: texts,
    SYSLOG_IDENTIFIER: fc.constantFrom('postfix/smtp', 'cron'),
    _HOSTNAME: texts,
    __REALTIME_TIMESTAMP: fc.constant('1795392000000000'),
  }),
  { minLength: 1, maxLength: 8 },
);
const sizes = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 });

/** Text that is no well-formed Unicode cannot be said in UTF-8. */
const wellFormed = (entry: Entry): Entry => ({
  ...entry,
  MESSAGE: Buffer.from(String(entry.MESSAGE)).toString(),
  _HOSTNAME: Buffer.from(entry._HOSTNAME).toString(),
});

const FORMS: Record<
  string,
  { write: (entries: readonly Entry[]) => Buffer[]; between: string; ends: string[] }
> = {
  'a journal export': { write: (all) => all.map(exported), between: '', ends: ['', ''] },
  'a JSON array': {
    write: (all) =>
      all.map((entry) => Buffer.from(JSON.stringify({ nested: [{ MESSAGE: 'no' }], ...entry }))),
    between: ',\n',
    ends: ['[', ']\n'],
  },
  'a JSON array with blanks': {
    write: (all) => all.map((entry) => Buffer.from(JSON.stringify(entry, undefined, 2))),
    between: ' , ',
    ends: ['\ufeff [\n', '\n]'],
  },
  'JSON over several lines': {
    write: (all) => all.map((entry) => Buffer.from(JSON.stringify(entry, undefined, '\t'))),
    between: '\n',
    ends: ['', '\n'],
  },
};

describe.each(Object.entries(FORMS))('%s', (_, { write, between, ends }) => {
  const document = (all: readonly Entry[]) => {
    const parts = write(all);
    const text: Buffer[] = [Buffer.from(ends[0]!)];
    const offsets: number[] = [];
    let length = text[0]!.length;
    for (const [i, part] of parts.entries()) {
      if (i > 0) {
        text.push(Buffer.from(between));
        length += between.length;
      }
      offsets.push(length);
      text.push(part);
      length += part.length;
    }
    const lengths = parts.map((part) => part.length);
    return { text: Buffer.concat([...text, Buffer.from(ends[1]!)]), offsets, lengths };
  };

  test('gives every entry and where it begins, whatever the chunks', () => {
    fc.assert(
      fc.property(entries, sizes, (some, chunks) => {
        const all = some.map(wellFormed);
        const { text, offsets } = document(all);
        const { batches, error } = readAll(text, chunks);
        expect(error).toBeUndefined();
        expect(entriesOf(batches)).toEqual(all);
        expect(batches.map(({ offset }) => offset)).toEqual(offsets);
      }),
      { numRuns: 200 },
    );
  });

  test('cut anywhere gives the entries before the cut and one error', () => {
    fc.assert(
      fc.property(entries, sizes, fc.nat(), (some, chunks, at) => {
        const all = some.map(wellFormed);
        const { text, offsets, lengths } = document(all);
        // Behind the beginning by which the form is known.
        const cut = 40 + (at % (text.length - 40));
        const { batches, error } = readAll(text.subarray(0, cut), chunks);
        const whole = offsets.filter((offset, i) => offset + lengths[i]! <= cut).length;
        expect(entriesOf(batches).slice(0, whole)).toEqual(all.slice(0, whole));
        // An entry of the export may come in part; nothing else comes.
        expect(batches.length).toBeLessThanOrEqual(whole + 1);
        const within = offsets.some((offset, i) => cut > offset && cut < offset + lengths[i]!);
        if (within) expect(error).toBeDefined();
        if (error === undefined) return;
        expect(error).toMatchObject({ fault: 'damaged', file: 'mail.journal' });
        expect(error.message).toMatch(/^mail\.journal .* entry \d+ .* byte \d+$/);
      }),
      { numRuns: 200 },
    );
  });

  test('with other bytes in it never throws anything but one error of input', () => {
    fc.assert(
      fc.property(entries, sizes, fc.nat(), fc.nat({ max: 255 }), (some, chunks, at, byte) => {
        const { text } = document(some.map(wellFormed));
        text[40 + (at % (text.length - 40))] = byte;
        readAll(text, chunks);
      }),
      { numRuns: 300 },
    );
  });
});

test('a field that is longer than any log line is counted, and its neighbours stay', () => {
  const entry = (message: string): Entry => ({
    MESSAGE: message,
    SYSLOG_IDENTIFIER: 'x',
    _HOSTNAME: 'mx1',
    __REALTIME_TIMESTAMP: '1795392000000000',
  });
  const long = entry('x'.repeat(LONGEST_LINE + 1));
  const binary = entry(`${'x'.repeat(LONGEST_LINE + 1)}\x01`);
  const documents = [
    Buffer.concat([entry('a'), long, binary, entry('b')].map(exported)),
    Buffer.from(JSON.stringify([entry('a'), long, binary, entry('b')])),
  ];
  for (const text of documents) {
    const { batches, error } = readAll(text, [65_536]);
    expect(error).toBeUndefined();
    expect(entriesOf(batches)).toEqual([entry('a'), undefined, undefined, entry('b')]);
  }
});

test('a length of 64 bits that is a lie does not fill the memory', () => {
  const lie = Buffer.concat([
    Buffer.from('__CURSOR=a\nMESSAGE\n'),
    Buffer.alloc(8, 0xff),
    Buffer.alloc(5_000_000, 'x'),
  ]);
  const before = process.memoryUsage.rss();
  const { error } = readAll(lie, [1000]);
  expect(process.memoryUsage.rss() - before).toBeLessThan(50_000_000);
  expect(error?.message).toMatch(/ends in the middle of entry 1 of its journal export/);
});

test.each([
  ['brackets without end', '[{"a":', '['],
  ['a key without end', '[{"', 'x'],
  ['a text without end', '[{"MESSAGE":"', 'x'],
  ['a number without end', '[{"MESSAGE":', '1'],
])('%s: time and memory stay small', (_, beginning, more) => {
  const text = Buffer.concat([Buffer.from(beginning), Buffer.alloc(20_000_000, more)]);
  const before = process.memoryUsage.rss();
  const began = performance.now();
  const { error } = readAll(text, [65_536]);
  expect(error).toMatchObject({ fault: 'damaged' });
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(process.memoryUsage.rss() - before).toBeLessThan(200_000_000);
});

test.each([
  ['lines', 'Nov 23 20:29:57 mx1 postfix/smtpd[206]: connect\n'],
  ['JSON lines', '{"MESSAGE":"a"}\n{"MESSAGE":"b"}\n'],
  ['a bracket', '[notice] something {\n'],
  ['a pair of names', 'key=value\n'],
])('%s are lines', (_, text) => {
  expect(readAll(Buffer.from(text)).batches.map((batch) => batch.text)).toEqual([text]);
});

test('a log whose first lines look like a document is read line by line', () => {
  const lines =
    '[{"a": 1}, 2]\n{\n[{"MESSAGE": "x"}]\nNov 23 20:29:57 mx1 postfix/qmgr[1]: 4AAAAA1: removed\n';
  const { batches, error } = readAll(Buffer.from(lines), [lines.length]);
  expect(error).toBeUndefined();
  expect(batches.map(({ text }) => text).join('')).toBe(lines);
});

test('an array of bytes or of texts stays what it is', () => {
  const text =
    '[{"MESSAGE":[104,105],"log":["a","b",{"c":1}],"time":null,"_PID":5,"x":[[1],{"MESSAGE":"no"}]}]';
  const { batches, error } = readAll(Buffer.from(text), [1]);
  expect(error).toBeUndefined();
  expect(entriesOf(batches)).toEqual([{ MESSAGE: [104, 105], log: ['a', 'b'], time: null, _PID: 5 }]);
});
