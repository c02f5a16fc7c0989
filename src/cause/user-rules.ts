/**
 * Rules that users write: TOML files with one `[[rule]]` table a rule, in the shape of `rules/rule.ts` with the names
 * in snake_case. Every mistake is told with its line; a file with mistakes gives no rules.
 */
import { type Mistake, readToml, TomlError } from '../toml/document.ts';
import { hintFor, Mistakes, TableReader } from '../toml/reader.ts';
import { CATALOGUE, type CauseId } from './catalogue.ts';
import { Classifier } from './classifier.ts';
import { canonicalPhrase } from './normalise.ts';
import { mistakeIn } from './phrase.ts';
import { PROVIDERS } from './providers.ts';
import { RULES } from './rules/index.ts';
import type { Example, Rule } from './rules/rule.ts';

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

const STAGES = ['connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'eom'] as const;
const DIRECTIONS = ['outbound', 'inbound'] as const;
const KINDS = ['hard', 'soft'] as const;

/** `7.26`: subject and detail without the class. */
const ENHANCED = /^\d{1,3}\.\d{1,3}$/;

/** Takes the text of a file, gives its rules and whatever is wrong with it. Never throws. */
export function readUserRules(text: string): RuleFile {
  const mistakes = new Mistakes();
  let rules: UserRule[];
  try {
    rules = rulesOf(new TableReader({ line: 1, content: readToml(text) }, mistakes), mistakes);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { rules: [], mistakes: [{ line: error.line, message: error.message }] };
  }
  const { sorted } = mistakes;
  return { rules: sorted.length > 0 ? [] : rules, mistakes: sorted };
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

function rulesOf(root: TableReader, mistakes: Mistakes): UserRule[] {
  const tables = root.tables('rule');
  root.end('this file: rules are tables [[rule]]');
  if (tables.length === 0) mistakes.add(1, 'there is no [[rule]] in this file');
  const rules = tables.map(ruleOf);
  const taken = new Map(RULES.map(({ id }) => [id, 'a built-in rule']));
  for (const { rule, line } of rules) {
    if (rule.id === '') continue;
    const other = taken.get(rule.id);
    if (other !== undefined) mistakes.add(line, `the id "${rule.id}" is that of ${other}`);
    taken.set(rule.id, `the rule in line ${line}`);
  }
  return rules;
}

function ruleOf(table: TableReader): UserRule {
  const { line } = table;
  const id = table.word('id') ?? '';
  if (id === '') table.wrong(line, 'the rule has no id');
  const cause = causeOf(table);
  const examples = examplesOf(table, 'examples');
  const nearMisses = examplesOf(table, 'near_misses');
  if (examples.list.length === 0) table.wrong(examples.line, `the rule ${id} has no examples`);
  const rule = {
    id,
    cause,
    detail: detailOf(table, cause),
    confidence: confidenceOf(table),
    any: phrasesOf(table, 'any'),
    all: phrasesOf(table, 'all'),
    none: phrasesOf(table, 'none'),
    whole: table.flag('whole') || undefined,
    provider: table.someOf('provider', PROVIDERS),
    stage: table.someOf('stage', STAGES),
    direction: table.oneOf('direction', DIRECTIONS),
    kind: table.oneOf('kind', KINDS),
    reply: repliesOf(table),
    enhanced: codesOf(table, 'enhanced'),
    enhancedRange: rangeOf(table),
    examples: examples.list,
    nearMisses: nearMisses.list.length > 0 ? nearMisses.list : undefined,
  };
  table.end('a rule');
  if (!rule.any && !rule.all && !rule.reply && !rule.enhanced && !rule.enhancedRange) {
    table.wrong(line, `the rule ${id} has no condition: give any, all, reply, enhanced or enhanced_range`);
  }
  if (rule.whole && !rule.any) table.wrong(line, 'whole needs phrases in any');
  const given = Object.entries(rule).filter(([, value]) => value !== undefined);
  return {
    rule: Object.fromEntries(given) as unknown as Rule,
    line,
    exampleLines: examples.lines,
    nearMissLines: nearMisses.lines,
  };
}

function causeOf(table: TableReader): CauseId {
  const value = table.take('cause');
  const id = value?.content;
  if (id === undefined || id === '') {
    table.wrong(value?.line ?? table.line, 'the rule has no cause yet: whybounce causes lists them');
  } else if (!CATALOGUE.has(id as CauseId)) {
    table.wrong(value!.line, `there is no cause "${id}"${hintFor(String(id), [...CATALOGUE.keys()])}`);
  }
  return String(id ?? '') as CauseId;
}

function detailOf(table: TableReader, cause: CauseId): string | undefined {
  const line = table.lineOf('detail');
  const detail = table.word('detail');
  // The detail of a blocklist is the list's name.
  if (detail === undefined || cause.endsWith('_blocklisted')) return detail;
  const known = Object.keys(CATALOGUE.get(cause)?.details ?? {});
  if (known.includes(detail) || !CATALOGUE.has(cause)) return detail;
  const choice = known.length === 0 ? ': it has none' : `: ${known.join(', ')}`;
  return table.wrong(line, `"${detail}" is no detail of ${cause}${choice}`);
}

function confidenceOf(table: TableReader): number {
  const value = table.take('confidence');
  const confidence = value?.content ?? CONFIDENCE;
  if (typeof confidence === 'number' && confidence > 0 && confidence <= 1) return confidence;
  table.wrong(value!.line, 'confidence is a number above 0 and not above 1');
  return CONFIDENCE;
}

function phrasesOf(table: TableReader, name: string): string[] | undefined {
  return table.list(name)?.map(({ content, line }) => {
    if (typeof content !== 'string')
      return table.wrong(line, `a phrase of ${name} is not a text in quotes`) ?? '';
    const canonical = canonicalPhrase(content);
    if (canonical !== content) {
      table.wrong(line, `"${content}" can never match: texts are compared in this form: "${canonical}"`);
      return content;
    }
    const mistake = mistakeIn(content);
    if (mistake !== undefined) table.wrong(line, `bad phrase: ${mistake}`);
    return content;
  });
}

function repliesOf(table: TableReader): number[] | undefined {
  return table.list('reply')?.map(({ content, line }) => {
    const code = Number(content);
    const fits =
      Number.isInteger(content) && (code === 0 || code === 4 || code === 5 || (code >= 400 && code < 600));
    if (!fits) table.wrong(line, 'reply takes codes from 400 to 599, the classes 4 and 5, and 0 for none');
    return code;
  });
}

function rangeOf(table: TableReader): string[] | undefined {
  const line = table.lineOf('enhanced_range');
  const range = codesOf(table, 'enhanced_range');
  if (range !== undefined && range.length !== 2) {
    table.wrong(line, 'enhanced_range takes two codes, the first and the last');
  }
  return range;
}

function codesOf(table: TableReader, name: string): string[] | undefined {
  return table.list(name)?.map(({ content, line }) => {
    const code = String(content);
    if (!ENHANCED.test(code))
      table.wrong(line, `${name} "${code}" is no code without its class, such as "7.26"`);
    return code;
  });
}

/** Examples with their lines, and the line of the list itself. */
function examplesOf(table: TableReader, name: string): { list: Example[]; lines: number[]; line: number } {
  const line = table.lineOf(name);
  const values = table.list(name) ?? [];
  const list = values.map((value) => {
    if (typeof value.content === 'string') return value.content;
    if (value.content instanceof Map) return exampleOf(table.within(value));
    return table.wrong(value.line, `${name} are texts in quotes, or tables with a text`) ?? '';
  });
  return { list, lines: values.map((value) => value.line), line };
}

function exampleOf(table: TableReader): Example {
  const facts = {
    text: table.word('text'),
    relayHost: table.word('relay_host'),
    dsn: table.word('dsn'),
    stage: table.oneOf('stage', STAGES),
    direction: table.oneOf('direction', DIRECTIONS),
  };
  table.end('an example');
  if (facts.text === undefined) table.wrong(table.line, 'the example has no text');
  return Object.fromEntries(
    Object.entries(facts).filter(([, fact]) => fact !== undefined),
  ) as unknown as Example;
}
