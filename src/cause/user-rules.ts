/**
 * Rules that users write: TOML files with one `[[rule]]` table a rule, in the shape of `rules/rule.ts` with the names
 * in snake_case. Every mistake is told with its line; a file with mistakes gives no rules.
 */
import { type AST, parseTOML } from 'toml-eslint-parser';
import { CATALOGUE, type CauseId } from './catalogue.ts';
import { Classifier } from './classifier.ts';
import { canonicalPhrase } from './normalise.ts';
import { mistakeIn } from './phrase.ts';
import { PROVIDERS } from './providers.ts';
import { RULES } from './rules/index.ts';
import type { Example, Rule } from './rules/rule.ts';

/** What is wrong, and in which line of the file. */
export interface Mistake {
  readonly line: number;
  readonly message: string;
}

/** A rule with the lines of what it consists of. */
export interface UserRule {
  readonly rule: Rule;
  readonly line: number;
  readonly exampleLines: readonly number[];
  readonly nearMissLines: readonly number[];
}

/** What a file of rules holds. */
export interface RuleFile {
  readonly rules: readonly UserRule[];
  readonly mistakes: readonly Mistake[];
}

/** How sure a rule is taken to be that does not say so. */
const CONFIDENCE = 0.9;

const STAGES = ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'eom'];
const DIRECTIONS = ['outbound', 'inbound'];
const KINDS = ['hard', 'soft'];

/** `7.26`: subject and detail without the class. */
const ENHANCED = /^\d{1,3}\.\d{1,3}$/;

/** A value of the file with the line where it stands. */
interface Value {
  readonly line: number;
  readonly content: string | number | boolean | readonly Value[] | ReadonlyMap<string, Value> | undefined;
}

/** Takes the text of a file, gives its rules and whatever is wrong with it. Never throws. */
export function readUserRules(text: string): RuleFile {
  let root: Value;
  try {
    root = located(parseTOML(text).body[0]!);
  } catch (error) {
    const { lineNumber, message } = error as { lineNumber?: number; message: string };
    return { rules: [], mistakes: [{ line: lineNumber ?? 1, message: `not valid TOML: ${message}` }] };
  }
  const reader = new Reader();
  const rules = reader.file(root.content as ReadonlyMap<string, Value>);
  return { rules, mistakes: reader.mistakes.sort((a, b) => a.line - b.line) };
}

/**
 * Tries rules on their own examples, in front of the built-in ones: each example must be decided by its rule, each
 * near miss by another. Gives what is not so.
 */
export function tryUserRules(rules: readonly UserRule[]): Mistake[] {
  const classifier = new Classifier({ rules: [...rules.map(({ rule }) => rule), ...RULES] });
  const decide = (example: Example) =>
    classifier.classify(typeof example === 'string' ? { text: example } : example).rule;
  const mistakes: Mistake[] = [];
  for (const { rule, exampleLines, nearMissLines } of rules) {
    for (const [index, example] of rule.examples.entries()) {
      const decided = decide(example);
      if (decided === rule.id) continue;
      const by = decided === 'none' ? 'by no rule' : `by rule ${decided}`;
      mistakes.push({ line: exampleLines[index]!, message: `this example of ${rule.id} is decided ${by}` });
    }
    for (const [index, example] of (rule.nearMisses ?? []).entries()) {
      if (decide(example) !== rule.id) continue;
      mistakes.push({
        line: nearMissLines[index]!,
        message: `this near miss of ${rule.id} is decided by it`,
      });
    }
  }
  return mistakes;
}

function located(node: AST.TOMLTopLevelTable | AST.TOMLContentNode): Value {
  const { line } = node.loc.start;
  switch (node.type) {
    case 'TOMLTopLevelTable': {
      const content = new Map<string, Value>();
      const rules: Value[] = [];
      for (const each of node.body) {
        const name = nameOf(each.key);
        if (each.type === 'TOMLKeyValue')
          content.set(name, { ...located(each.value), line: each.loc.start.line });
        else if (each.kind === 'array' && name === 'rule')
          rules.push(tableOf(each.body, each.loc.start.line));
        else
          content.set(each.kind === 'array' ? `[[${name}]]` : `[${name}]`, tableOf([], each.loc.start.line));
      }
      content.set('rule', { line, content: rules });
      return { line, content };
    }
    case 'TOMLArray':
      return { line, content: node.elements.map(located) };
    case 'TOMLInlineTable':
      return tableOf(node.body, line);
    default:
      return {
        line,
        content:
          node.kind === 'string' ||
          node.kind === 'integer' ||
          node.kind === 'float' ||
          node.kind === 'boolean'
            ? node.value
            : undefined,
      };
  }
}

function tableOf(body: readonly AST.TOMLKeyValue[], line: number): Value {
  return {
    line,
    content: new Map(
      body.map(({ key, value, loc }) => [nameOf(key), { ...located(value), line: loc.start.line }]),
    ),
  };
}

function nameOf(key: AST.TOMLKey): string {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value)).join('.');
}

/** Reads tables into rules and collects what is wrong on the way. */
class Reader {
  readonly mistakes: Mistake[] = [];

  file(content: ReadonlyMap<string, Value>): UserRule[] {
    for (const [name, { line }] of content) {
      if (name !== 'rule') this.#wrong(line, `"${name}" is not known here: rules are tables [[rule]]`);
    }
    const tables = content.get('rule')!.content as readonly Value[];
    if (tables.length === 0) this.#wrong(1, 'there is no [[rule]] in this file');
    const rules = tables.map((table) => this.#rule(table));
    const taken = new Map(RULES.map(({ id }) => [id, 'a built-in rule']));
    for (const { rule, line } of rules) {
      if (rule.id === '') continue;
      const other = taken.get(rule.id);
      if (other !== undefined) this.#wrong(line, `the id "${rule.id}" is that of ${other}`);
      taken.set(rule.id, `the rule in line ${line}`);
    }
    return this.mistakes.length > 0 ? [] : rules;
  }

  #rule({ line, content }: Value): UserRule {
    const table = new Map(content as ReadonlyMap<string, Value>);
    const take = (name: string) => {
      const value = table.get(name);
      table.delete(name);
      return value;
    };
    const id = this.#word(take('id'), 'id') ?? '';
    if (id === '') this.#wrong(line, 'the rule has no id');
    const cause = this.#cause(take('cause'), line);
    const detail = this.#detail(take('detail'), cause);
    const any = this.#phrases(take('any'), 'any');
    const all = this.#phrases(take('all'), 'all');
    const none = this.#phrases(take('none'), 'none');
    const whole = this.#flag(take('whole'), 'whole');
    const provider = this.#words(take('provider'), 'provider', PROVIDERS);
    const stage = this.#words(take('stage'), 'stage', STAGES);
    const direction = this.#oneOf(take('direction'), 'direction', DIRECTIONS);
    const kind = this.#oneOf(take('kind'), 'kind', KINDS);
    const reply = this.#replies(take('reply'));
    const enhanced = this.#codes(take('enhanced'), 'enhanced');
    const range = take('enhanced_range');
    const enhancedRange = this.#codes(range, 'enhanced_range');
    if (enhancedRange !== undefined && enhancedRange.length !== 2) {
      this.#wrong(range!.line, 'enhanced_range takes two codes, the first and the last');
    }
    const confidence = this.#confidence(take('confidence'));
    const examples = take('examples');
    const nearMisses = take('near_misses');
    const [decided, exampleLines] = this.#examples(examples, 'examples');
    const [missed, nearMissLines] = this.#examples(nearMisses, 'near_misses');
    for (const [name, value] of table) this.#wrong(value.line, `"${name}" is no key of a rule`);
    if (decided.length === 0) this.#wrong(examples?.line ?? line, `the rule ${id} has no examples`);
    if (!any && !all && !reply && !enhanced && !enhancedRange) {
      this.#wrong(line, `the rule ${id} has no condition: give any, all, reply, enhanced or enhanced_range`);
    }
    if (whole && !any) this.#wrong(line, 'whole needs phrases in any');
    const rule = {
      ...{ id, cause, detail, confidence, any, all, none, whole: whole || undefined, provider, stage },
      ...{ direction, kind, reply, enhanced, enhancedRange, examples: decided },
      nearMisses: missed.length > 0 ? missed : undefined,
    };
    const given = Object.entries(rule).filter(([, value]) => value !== undefined);
    return { rule: Object.fromEntries(given) as unknown as Rule, line, exampleLines, nearMissLines };
  }

  #wrong(line: number, message: string): undefined {
    this.mistakes.push({ line, message });
    return undefined;
  }

  #word(value: Value | undefined, name: string): string | undefined {
    if (value === undefined || typeof value.content === 'string') return value?.content as string | undefined;
    return this.#wrong(value.line, `${name} is not a string`);
  }

  #list(value: Value | undefined, name: string): readonly Value[] | undefined {
    if (value === undefined || Array.isArray(value.content))
      return value?.content as readonly Value[] | undefined;
    return this.#wrong(value.line, `${name} is not a list`);
  }

  #oneOf(value: Value | undefined, name: string, known: readonly string[]): string | undefined {
    const word = this.#word(value, name);
    if (word === undefined || known.includes(word)) return word;
    return this.#wrong(value!.line, `${name} "${word}" is not known${hint(word, known)}`);
  }

  #words(value: Value | undefined, name: string, known: readonly string[]): string[] | undefined {
    return this.#list(value, name)?.map((each) => this.#oneOf(each, name, known) ?? '');
  }

  #flag(value: Value | undefined, name: string): boolean {
    if (value !== undefined && typeof value.content !== 'boolean')
      this.#wrong(value.line, `${name} is true or false`);
    return value?.content === true;
  }

  #cause(value: Value | undefined, line: number): CauseId {
    const id = this.#word(value, 'cause');
    if (id === undefined || id === '') {
      this.#wrong(value?.line ?? line, 'the rule has no cause yet: whybounce causes lists them');
    } else if (!CATALOGUE.has(id as CauseId)) {
      this.#wrong(value!.line, `there is no cause "${id}"${hint(id, [...CATALOGUE.keys()])}`);
    }
    return (id ?? '') as CauseId;
  }

  #detail(value: Value | undefined, cause: CauseId): string | undefined {
    const detail = this.#word(value, 'detail');
    // The detail of a blocklist is the list's name.
    if (detail === undefined || cause.endsWith('_blocklisted')) return detail;
    const known = Object.keys(CATALOGUE.get(cause)?.details ?? {});
    if (known.includes(detail) || !CATALOGUE.has(cause)) return detail;
    const choice = known.length === 0 ? ': it has none' : `: ${known.join(', ')}`;
    return this.#wrong(value!.line, `"${detail}" is no detail of ${cause}${choice}`);
  }

  #confidence(value: Value | undefined): number {
    const confidence = value?.content ?? CONFIDENCE;
    if (typeof confidence === 'number' && confidence > 0 && confidence <= 1) return confidence;
    this.#wrong(value!.line, 'confidence is a number above 0 and not above 1');
    return CONFIDENCE;
  }

  #phrases(value: Value | undefined, name: string): string[] | undefined {
    return this.#list(value, name)?.map((each) => {
      const phrase = this.#word(each, `a phrase of ${name}`) ?? '';
      const canonical = canonicalPhrase(phrase);
      if (canonical !== phrase) {
        this.#wrong(
          each.line,
          `"${phrase}" can never match: texts are compared in this form: "${canonical}"`,
        );
        return phrase;
      }
      const mistake = mistakeIn(phrase);
      if (mistake !== undefined) this.#wrong(each.line, `bad phrase: ${mistake}`);
      return phrase;
    });
  }

  #replies(value: Value | undefined): number[] | undefined {
    return this.#list(value, 'reply')?.map(({ content, line }) => {
      const code = Number(content);
      const fits =
        Number.isInteger(content) && (code === 0 || code === 4 || code === 5 || (code >= 400 && code < 600));
      if (!fits) this.#wrong(line, 'reply takes codes from 400 to 599, the classes 4 and 5, and 0 for none');
      return code;
    });
  }

  #codes(value: Value | undefined, name: string): string[] | undefined {
    return this.#list(value, name)?.map((each) => {
      const code = this.#word(each, name) ?? '';
      if (!ENHANCED.test(code))
        this.#wrong(each.line, `${name} "${code}" is no code without its class, such as "7.26"`);
      return code;
    });
  }

  #examples(value: Value | undefined, name: string): [Example[], number[]] {
    const list = this.#list(value, name) ?? [];
    return [list.map((each) => this.#example(each, name)), list.map(({ line }) => line)];
  }

  #example({ content, line }: Value, name: string): Example {
    if (typeof content === 'string') return content;
    if (!(content instanceof Map)) {
      this.#wrong(line, `${name} are strings, or tables with a text`);
      return '';
    }
    const facts = new Map(content as ReadonlyMap<string, Value>);
    const take = (key: string) => {
      const word = this.#word(facts.get(key), key);
      facts.delete(key);
      return word;
    };
    const entries = [
      ['text', take('text')],
      ['relayHost', take('relay_host')],
      ['dsn', take('dsn')],
      ['stage', this.#oneOf(facts.get('stage'), 'stage', STAGES)],
      ['direction', this.#oneOf(facts.get('direction'), 'direction', DIRECTIONS)],
    ];
    facts.delete('stage');
    facts.delete('direction');
    for (const key of facts.keys()) this.#wrong(line, `"${key}" is no key of an example`);
    if (entries[0]![1] === undefined) this.#wrong(line, 'the example has no text');
    return Object.fromEntries(entries.filter(([, fact]) => fact !== undefined)) as unknown as Example;
  }
}

/** The words that begin alike; all of them where they are few. */
function hint(word: string, known: readonly string[]): string {
  const alike = known.filter((each) => each.startsWith(word.slice(0, 3)));
  if (alike.length > 0 && alike.length < 6) return `: is it ${alike.join(' or ')}?`;
  return known.length < 10 ? `: ${known.join(', ')}` : '';
}
