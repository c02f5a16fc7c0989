/**
 * The classifier: from one reply to its cause.
 *
 * The answer depends on nothing but the canonical text, the codes, the provider, the stage and the direction.
 * Together they are the key of a cache, since logs say the same few thousand things over and over; rules are
 * tried only on the first sight of a key, and then only those of which a word is in the text.
 */
import { copy } from '../../parsers/copy.ts';
import type { Kind, Stage } from '../event/event.ts';
import type { Advice, CauseId } from './catalogue.ts';
import { advice, CATALOGUE } from './catalogue.ts';
import type { Classification, ReplyFacts } from './contract.ts';
import { listNamed } from './lists.ts';
import { formatEnhanced } from './normalise.ts';
import type { Phrase } from './phrase.ts';
import { anchorsOf, compile } from './phrase.ts';
import { PROVIDERS, providerOfHost } from './providers.ts';
import { RULES } from './rules/index.ts';
import type { Rule } from './rules/rule.ts';
import { HEADER, Scanner } from './scanner.ts';

/** A classification with what was read from the reply and what to do about it. */
export interface Explanation extends Omit<Classification, 'kind'>, Advice {
  /** Undefined where neither words nor a code tell it. */
  readonly kind: Kind | undefined;
  /** True where the reply says that all is well: the rest then means nothing. */
  readonly accepted: boolean;
  readonly reply_code: number | undefined;
  readonly enhanced_code: string | undefined;
  readonly provider: string;
}

/** Options of the classifier. */
export interface ClassifierOptions {
  /** In place of the built-in rules. */
  rules?: readonly Rule[];
}

/** What a rule is tried on. */
interface Subject {
  readonly text: string;
  readonly provider: string;
  readonly near: boolean;
  readonly stage: Stage | undefined;
  readonly inbound: boolean;
  /** The MTA tries again, and no code says of which class the failure is. */
  readonly deferred: boolean;
  readonly reply: number;
  readonly enhanced: number;
}

/** A rule by its place in the order, with one of its phrases. */
interface Candidate {
  readonly index: number;
  readonly phrase: Phrase;
}

interface CompiledRule {
  readonly rule: Rule;
  readonly any: readonly Phrase[];
  readonly all: readonly Phrase[];
  readonly none: readonly Phrase[];
  readonly enhanced: ReadonlySet<number> | undefined;
  readonly range: readonly [number, number] | undefined;
}

const STAGES: readonly (Stage | undefined)[] = [
  ...[undefined, 'connect', 'ehlo', 'starttls', 'auth', 'mail', 'rcpt', 'data', 'eom'],
] as (Stage | undefined)[];
const STAGE_NUMBER = new Map(STAGES.map((stage, number) => [stage, number]));
const PROVIDER_NUMBER = new Map(PROVIDERS.map((provider, number) => [provider, number]));

/** Entries of a cache before it is emptied; the working set of a large site fits many times. */
const CACHE_SIZE = 20_000;

/** The class and the rest of a code are apart, so that a rule means 4.2.2 and 5.2.2 alike. */
const CLASS_UNIT = 1_000_000;

/** Subject and detail of `7.26` as one number. */
function subjectAndDetail(code: string): number {
  const [subject, detail] = code.split('.');
  return Number(subject) * 1000 + Number(detail);
}

/** `5.7.26` as one number, 0 where the text is no enhanced code. */
function parseEnhanced(code: string | undefined): number {
  if (code === undefined || code.charCodeAt(1) !== 0x2e) return 0;
  const kind = code.charCodeAt(0) - 48;
  if (kind < 2 || kind > 5) return 0;
  let subject = 0;
  let at = 2;
  for (; at < code.length && code.charCodeAt(at) !== 0x2e; at++)
    subject = subject * 10 + code.charCodeAt(at) - 48;
  let detail = 0;
  for (at++; at < code.length; at++) detail = detail * 10 + code.charCodeAt(at) - 48;
  return subject >= 0 && subject < 1000 && detail >= 0 && detail < 1000
    ? kind * CLASS_UNIT + subject * 1000 + detail
    : 0;
}

/** Classifies replies. Instances are independent; each keeps its own caches. */
export class Classifier {
  readonly #scanner = new Scanner();
  readonly #rules: readonly CompiledRule[];
  /** Rules, and of each the phrase to try, by the words that phrases need. */
  readonly #byAnchor = new Map<string, Candidate[]>();
  /** Of each rule the phrases of which a word is in the text; empty between two texts. */
  readonly #toTry: (Phrase[] | undefined)[];
  /** Rules that look at codes only. */
  readonly #wordless: number[] = [];
  /** Answers by canonical key. */
  readonly #byKey = new Map<string, Classification>();
  readonly #providerOfHost = new Map<string, number>();
  /** The last scan's context, for `explain`. */
  #provider = 0;

  constructor(options: ClassifierOptions = {}) {
    this.#rules = (options.rules ?? RULES).map(compileRule);
    this.#toTry = this.#rules.map(() => undefined);
    this.#rules.forEach((rule, index) => {
      const phrases = rule.any.length > 0 ? rule.any : rule.all.slice(0, 1);
      if (phrases.length === 0) this.#wordless.push(index);
      for (const phrase of phrases) {
        for (const anchor of phrase.anchors) {
          const known = this.#byAnchor.get(anchor);
          if (known) known.push({ index, phrase });
          else this.#byAnchor.set(anchor, [{ index, phrase }]);
        }
      }
    });
  }

  /** Takes one reply with what is known about it, gives its cause. The result is shared and frozen. */
  classify(facts: ReplyFacts): Classification {
    const scanner = this.#scanner;
    scanner.scan(facts.text);
    const { replyCode } = facts;
    if (scanner.reply === 0 && replyCode !== undefined && replyCode >= 200 && replyCode < 600) {
      scanner.reply = Math.floor(replyCode);
    }
    if (scanner.enhanced === 0)
      scanner.enhanced = parseEnhanced(facts.enhancedCode) || parseEnhanced(facts.dsn);
    const stage = STAGE_NUMBER.get(facts.stage ?? scanner.stage) ?? 0;
    const provider =
      facts.provider === undefined
        ? this.#numberOfHost(facts.relayHost ?? scanner.host())
        : (PROVIDER_NUMBER.get(facts.provider) ?? 0);
    this.#provider = provider;
    const near = isNear(facts, scanner);
    const inbound = facts.direction === 'inbound';
    const deferred = isDeferred(facts, scanner);

    // The key: everything that decides, in front of the text. All bytes stay below 128.
    const out = scanner.out;
    const enhanced = scanner.enhanced;
    const subject = Math.floor(enhanced / 1000) % 1000;
    const detail = enhanced % 1000;
    out[0] = 1 + stage + (inbound ? 16 : 0) + (deferred ? 32 : 0) + (near ? 64 : 0);
    out[1] = 1 + provider;
    out[2] = 1 + (scanner.reply >> 5);
    out[3] = 1 + (scanner.reply & 31);
    out[4] = 1 + Math.floor(enhanced / CLASS_UNIT);
    out[5] = 1 + (subject >> 5);
    out[6] = 1 + (subject & 31);
    out[7] = 1 + (detail >> 5);
    out[8] = 1 + (detail & 31);
    const key = scanner.slice(0);

    const known = this.#byKey.get(key);
    if (known) return known;
    const result = this.#decide(this.#subject(key, near, stage, inbound, deferred));
    if (this.#byKey.size >= CACHE_SIZE) this.#byKey.clear();
    this.#byKey.set(key, result);
    return result;
  }

  /** The answers of all rules that hold for a reply, in order: the first is what `classify` gives. */
  answers(facts: ReplyFacts): Classification[] {
    this.classify(facts);
    const stage = STAGE_NUMBER.get(facts.stage ?? this.#scanner.stage) ?? 0;
    const near = isNear(facts, this.#scanner);
    const inbound = facts.direction === 'inbound';
    const deferred = isDeferred(facts, this.#scanner);
    const subject = this.#subject(this.#scanner.slice(0), near, stage, inbound, deferred);
    return [...this.#answers(subject), conclude(UNCLASSIFIED, codesOf(subject), subject)];
  }

  /** What rules are tried on, from the last scan. */
  #subject(key: string, near: boolean, stage: number, inbound: boolean, deferred: boolean): Subject {
    return {
      text: key.slice(HEADER),
      provider: PROVIDERS[this.#provider]!,
      near,
      stage: STAGES[stage],
      inbound,
      deferred,
      reply: this.#scanner.reply,
      enhanced: this.#scanner.enhanced,
    };
  }

  /** Like `classify`, with the codes and the provider that were read, who must act and what to do next. */
  explain(facts: ReplyFacts): Explanation {
    const result = this.classify(facts);
    const { reply, enhanced } = this.#scanner;
    const coded = reply !== 0 || enhanced !== 0;
    const known = result.rule !== UNCLASSIFIED.id;
    return {
      ...result,
      kind: known || coded ? result.kind : undefined,
      accepted: !known && reply >= 200 && reply < 400 && enhanced < 4 * CLASS_UNIT,
      reply_code: reply === 0 ? undefined : reply,
      enhanced_code: enhanced === 0 ? undefined : formatEnhanced(enhanced),
      provider: PROVIDERS[this.#provider]!,
      ...advice(result.cause, {
        detail: result.detail,
        kind: result.kind,
        direction: facts.direction,
        mtas: facts.mta === undefined ? undefined : [facts.mta],
      }),
    };
  }

  /** The number of the provider behind a host. */
  #numberOfHost(host: string | undefined): number {
    if (host === undefined) return 0;
    const known = this.#providerOfHost.get(host);
    if (known !== undefined) return known;
    const number = PROVIDER_NUMBER.get(providerOfHost(host)) ?? 0;
    if (this.#providerOfHost.size >= CACHE_SIZE) this.#providerOfHost.clear();
    this.#providerOfHost.set(copy(host), number);
    return number;
  }

  #decide(subject: Subject): Classification {
    return settle(this.#answers(subject)) ?? conclude(UNCLASSIFIED, codesOf(subject), subject);
  }

  *#answers(subject: Subject): Generator<Classification> {
    const candidates = [...this.#wordless];
    for (const index of candidates) this.#toTry[index] = [];
    for (const anchor of anchorsOf(subject.text)) {
      const found = this.#byAnchor.get(anchor);
      if (found === undefined) continue;
      for (const { index, phrase } of found) {
        const phrases = this.#toTry[index];
        if (phrases === undefined) {
          this.#toTry[index] = [phrase];
          candidates.push(index);
        } else phrases.push(phrase);
      }
    }
    const tries = candidates.sort((a, b) => a - b).map((index) => [index, this.#toTry[index]!] as const);
    for (const index of candidates) this.#toTry[index] = undefined;
    for (const [index, phrases] of tries) {
      const compiled = this.#rules[index]!;
      const evidence = match(compiled, phrases, subject);
      if (evidence !== undefined) yield conclude(compiled.rule, evidence, subject);
    }
  }
}

/** A rule that is less sure than this does not count as a second opinion. */
const SECOND_OPINION = 0.75;

/** Rules that are as sure as this need no second opinion. */
const SURE = 0.97;

/** Measured on replies that no rule had seen: with a second opinion against it, nine of ten answers were right. */
const MOST_DISPUTED = 0.87;

/**
 * Takes the answers of the rules that hold, in order, gives the first, surer or less sure by what the next rule says:
 * where two rules that know nothing of each other agree, errors are rare; where they do not, they are many.
 */
export function settle(answers: Iterable<Classification>): Classification | undefined {
  let first: Classification | undefined;
  for (const answer of answers) {
    if (first === undefined) {
      first = answer;
      if (first.confidence >= SURE) return first;
    } else if (answer.confidence >= SECOND_OPINION) {
      const { confidence } = first;
      const settled =
        answer.cause === first.cause ? 1 - (1 - confidence) * 0.6 : Math.min(confidence, MOST_DISPUTED);
      return Object.freeze({ ...first, confidence: Math.round(settled * 100) / 100 });
    }
  }
  return first;
}

/** Decides where no rule does. */
const UNCLASSIFIED: Rule = { id: 'none', cause: 'unclassified', confidence: 0.2, examples: [] };

function compileRule(rule: Rule): CompiledRule {
  return {
    rule,
    any: (rule.any ?? []).map(compile),
    all: (rule.all ?? []).map(compile),
    none: (rule.none ?? []).map(compile),
    enhanced: rule.enhanced && new Set(rule.enhanced.map(subjectAndDetail)),
    range: rule.enhancedRange && [
      subjectAndDetail(rule.enhancedRange[0]),
      subjectAndDetail(rule.enhancedRange[1]),
    ],
  };
}

/**
 * Gives the words that made the rule hold, or undefined where it does not.
 * @param phrases those of `any` that can match
 */
function match(compiled: CompiledRule, phrases: Iterable<Phrase>, subject: Subject): string | undefined {
  const { rule } = compiled;
  if (rule.provider && !rule.provider.includes(subject.provider)) return undefined;
  if (rule.near && !subject.near) return undefined;
  if (rule.stage && !(subject.stage && rule.stage.includes(subject.stage))) return undefined;
  if (rule.direction && (rule.direction === 'inbound') !== subject.inbound) return undefined;
  if (rule.reply && !rule.reply.includes(subject.reply) && !rule.reply.includes(classOf(subject)))
    return undefined;
  const code = subject.enhanced % CLASS_UNIT;
  if (compiled.enhanced && !(subject.enhanced > 0 && compiled.enhanced.has(code))) return undefined;
  if (compiled.range && !(subject.enhanced > 0 && code >= compiled.range[0] && code <= compiled.range[1])) {
    return undefined;
  }
  const words: string[] = [];
  if (compiled.any.length > 0) {
    const found = firstMatch(phrases, subject.text);
    if (found === undefined || (rule.whole && found !== subject.text)) return undefined;
    words.push(found);
  }
  for (const phrase of compiled.all) {
    const found = phrase.find(subject.text);
    if (found === undefined) return undefined;
    words.push(found);
  }
  if (firstMatch(compiled.none, subject.text) !== undefined) return undefined;
  return words.length > 0 ? words.join(' … ') : codesOf(subject);
}

function firstMatch(phrases: Iterable<Phrase>, text: string): string | undefined {
  for (const phrase of phrases) {
    const found = phrase.find(text);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** True where the server that speaks is called by a name that every machine has for itself, or is a socket. */
function isNear(facts: ReplyFacts, scanner: Scanner): boolean {
  if (scanner.socket) return true;
  const host = facts.relayHost ?? scanner.host();
  return host !== undefined && (host === 'localhost' || host === '::1' || host.startsWith('127.'));
}

/** Where there is a code its class counts, not what the MTA makes of it. */
function isDeferred(facts: ReplyFacts, { reply, enhanced }: Scanner): boolean {
  return facts.deferred === true && reply === 0 && enhanced === 0;
}

/** The class of the reply code, or of the enhanced code where there is none. */
function classOf(subject: Subject): number {
  return subject.reply > 0 ? Math.floor(subject.reply / 100) : Math.floor(subject.enhanced / CLASS_UNIT);
}

function codesOf(subject: Subject): string {
  const codes = subject.reply > 0 ? [String(subject.reply)] : [];
  if (subject.enhanced > 0) codes.push(formatEnhanced(subject.enhanced));
  return codes.join(' ');
}

function conclude(rule: Rule, evidence: string, subject: Subject): Classification {
  const entry = CATALOGUE.get(rule.cause as CauseId)!;
  const classDigit = classOf(subject);
  const byClass = classDigit === 4 || subject.deferred ? 'soft' : classDigit === 5 ? 'hard' : entry.kind;
  const detail = rule.detail === '$list' ? listNamed(subject.text, subject.provider) : rule.detail;
  return Object.freeze({
    cause: rule.cause,
    detail,
    kind: rule.kind ?? (entry.kindWins ? entry.kind : byClass),
    confidence: rule.confidence,
    rule: rule.id,
    evidence,
  });
}
