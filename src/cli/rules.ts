/** The classifier with the rules of this site: those named on the command line, then those of the system. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { InferredOptionTypes } from 'yargs';
import { Classifier } from '../cause/classifier.ts';
import { RULES } from '../cause/rules/index.ts';
import type { RuleFile } from '../cause/user-rules.ts';
import type { Mistake } from '../toml/document.ts';
import type { Flags } from './command.ts';
import { UsageError } from './errors.ts';

/** Where the rules of a system are, in files that end in `.toml`. */
export const RULE_FOLDER = '/etc/whybounce/rules.d';

/** No file of rules is larger. */
const LARGEST = 1024 * 1024;

/** Flags of every command that classifies. */
export const RULE_FLAGS = {
  rules: {
    type: 'array',
    string: true,
    describe: `Rules of your own, tried first (TOML; may be repeated; also ${RULE_FOLDER}/*.toml)`,
  },
} as const satisfies Flags;

/**
 * Makes the classifier. Rules are tried in the order in which their files are named, then the system's by name.
 * @throws UsageError where a file cannot be read or has a mistake
 */
export async function classifierFor(
  flags: InferredOptionTypes<typeof RULE_FLAGS>,
  folder = RULE_FOLDER,
): Promise<Classifier> {
  const files = [...(flags.rules ?? []), ...(await filesOf(folder))];
  if (files.length === 0) return new Classifier();
  const own = await Promise.all(files.map(async (file) => ({ file, ...(await readRuleFile(file)) })));
  const { tryUserRules } = await import('../cause/user-rules.ts');
  for (const { file, rules, mistakes } of own) {
    const found = mistakes.length > 0 ? mistakes : tryUserRules(rules);
    if (found.length > 0) throw mistaken(file, found, `see whybounce causes test ${file}`);
  }
  const rules = own.flatMap((each) => each.rules.map(({ rule }) => rule));
  return new Classifier({ rules: [...rules, ...RULES] });
}

/** Reads one file of rules. The reader of TOML is loaded only where there is something to read. */
export async function readRuleFile(file: string): Promise<RuleFile> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`rules cannot be read: ${(error as Error).message}`, 'name a TOML file');
  }
  if (text.length > LARGEST) throw new UsageError(`${file} is too large for a file of rules`, 'split it');
  const { readUserRules } = await import('../cause/user-rules.ts');
  return readUserRules(text);
}

/** The error about a file with mistakes: the first of them, and what to do. */
export function mistaken(file: string, mistakes: readonly Mistake[], whatToDo: string): UsageError {
  const { line, message } = mistakes[0]!;
  const others = mistakes.length === 1 ? '' : ` (and ${mistakes.length - 1} more)`;
  return new UsageError(`${file}:${line}: ${message}${others}`, whatToDo);
}

async function filesOf(folder: string): Promise<string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.toml'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    // Most systems have no such folder.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new UsageError(`${folder} cannot be read: ${(error as Error).message}`, 'let this user read it');
  }
}
