import { expect, it } from 'vitest';
import { readToml, type Table, TomlError, type Value } from '../../../src/toml/document.ts';

/** A document as plain values, without lines. */
function plain({ content }: Value): unknown {
  if (content instanceof Map)
    return Object.fromEntries([...content].map(([key, value]) => [key, plain(value)]));
  return Array.isArray(content) ? content.map(plain) : content;
}

const read = (text: string) => plain({ line: 1, content: readToml(text) });

it('reads tables, lists of tables, dotted keys and inline tables', () => {
  expect(
    read(`
a = 1
b.c = "x"
[t]
d = [1, [true, "y"]]
[t.u]
e = { f = 1.5, g.h = "z" }
[[list]]
n = 1
[list.inner]
m = 2
[[list]]
n = 3
`),
  ).toEqual({
    a: 1,
    b: { c: 'x' },
    t: { d: [1, [true, 'y']], u: { e: { f: 1.5, g: { h: 'z' } } } },
    list: [{ n: 1, inner: { m: 2 } }, { n: 3 }],
  });
});

it('knows the line of every value', () => {
  const table = readToml('a = 1\n\n[[list]]\nn = [\n  "x",\n  "y"\n]\n');
  const [first] = table.get('list')!.content as Value[];
  const n = (first!.content as Table).get('n')!;
  expect([table.get('a')!.line, first!.line, n.line]).toEqual([1, 3, 4]);
  expect((n.content as Value[]).map(({ line }) => line)).toEqual([5, 6]);
});

it('tells where a file stops being TOML', () => {
  const error = (() => {
    try {
      return readToml('a = 1\nb = "open\nc = 2\n');
    } catch (thrown) {
      return thrown;
    }
  })();
  expect(error).toBeInstanceOf(TomlError);
  expect(error).toMatchObject({ line: 2, message: expect.stringMatching(/^not valid TOML: /) });
});

it('keys of all objects are keys like others', () => {
  expect(readToml('__proto__ = 1\nconstructor.prototype = 2').get('__proto__')?.content).toBe(1);
});
