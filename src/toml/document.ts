/** TOML files as values that know their line, so that a mistake can be told with the place where it stands. */
import { type AST, parseTOML } from 'toml-eslint-parser';

/** What is wrong, and in which line of the file. */
export interface Mistake {
  readonly line: number;
  readonly message: string;
}

/** A value with the line where it stands. Dates have no content: nothing here takes one. */
export interface Value {
  readonly line: number;
  readonly content: string | number | boolean | readonly Value[] | Table | undefined;
}

/** The keys of a table. */
export type Table = ReadonlyMap<string, Value>;

/** A file that is not TOML. */
export class TomlError extends Error {
  override readonly name = 'TomlError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads a document.
 * @throws TomlError
 */
export function readToml(text: string): Table {
  let top: AST.TOMLTopLevelTable;
  try {
    [top] = parseTOML(text).body;
  } catch (error) {
    const { lineNumber, message } = error as { lineNumber?: number; message: string };
    throw new TomlError(`not valid TOML: ${message}`, lineNumber ?? 1);
  }
  const root = new Map<string, Value>();
  for (const node of top.body) {
    const { line } = node.loc.start;
    if (node.type === 'TOMLKeyValue') put(root, keysOf(node.key), { ...located(node.value), line });
    else {
      const table: Value = { line, content: tableOf(node.body) };
      const keys = keysOf(node.key);
      if (node.kind === 'array') append(root, keys, table);
      else put(root, keys, table);
    }
  }
  return root;
}

function located(node: AST.TOMLContentNode): Value {
  const { line } = node.loc.start;
  if (node.type === 'TOMLArray') return { line, content: node.elements.map(located) };
  if (node.type === 'TOMLInlineTable') return { line, content: tableOf(node.body) };
  const known = ['string', 'integer', 'float', 'boolean'].includes(node.kind);
  return { line, content: known ? (node.value as string | number | boolean) : undefined };
}

function tableOf(body: readonly AST.TOMLKeyValue[]): Table {
  const table = new Map<string, Value>();
  for (const { key, value, loc } of body) {
    put(table, keysOf(key), { ...located(value), line: loc.start.line });
  }
  return table;
}

function keysOf(key: AST.TOMLKey): string[] {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value));
}

/** Puts a value where its dotted key says; the tables on the way are made. The parser has refused doubles. */
function put(root: Map<string, Value>, keys: readonly string[], value: Value): void {
  const [table, last] = within(root, keys, value.line);
  const known = table.get(last)?.content;
  if (known instanceof Map && value.content instanceof Map) {
    for (const [name, each] of value.content) (known as Map<string, Value>).set(name, each);
  } else table.set(last, value);
}

/** Adds a table to a list of tables, `[[rule]]`. */
function append(root: Map<string, Value>, keys: readonly string[], value: Value): void {
  const [table, last] = within(root, keys, value.line);
  const known = table.get(last);
  if (Array.isArray(known?.content)) (known.content as Value[]).push(value);
  else table.set(last, { line: value.line, content: [value] });
}

/** The table that holds the last of these keys; of a list of tables it is the latest. */
function within(
  root: Map<string, Value>,
  keys: readonly string[],
  line: number,
): [Map<string, Value>, string] {
  let table = root;
  for (const key of keys.slice(0, -1)) {
    let next = table.get(key)?.content;
    if (Array.isArray(next)) next = (next.at(-1) as Value | undefined)?.content;
    if (!(next instanceof Map)) {
      next = new Map<string, Value>();
      table.set(key, { line, content: next });
    }
    table = next as Map<string, Value>;
  }
  return [table, keys.at(-1)!];
}
