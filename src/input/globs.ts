/** Expands patterns such as `'mail.log*'` that the shell was kept from expanding, or that came from elsewhere. */
import { existsSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { globSync } from 'tinyglobby';
import { InputError } from './error.ts';

/** What makes a name a pattern. */
const PATTERN = /[*?[{]/;

/** Whether a name is a pattern. A file that is really called like one is that file. */
export function isPattern(name: string): boolean {
  return PATTERN.test(name) && !existsSync(name);
}

/**
 * The names with each pattern replaced by the plain files that match it. Directories that match are left out, as the logs of other programs often lie in them.
 * @throws InputError where nothing matches
 */
export function expandGlobs(names: readonly string[]): string[] {
  return names.flatMap((name) => {
    if (!isPattern(name)) return [name];
    const found = globSync(name, { absolute: isAbsolute(name), expandDirectories: false });
    if (found.length > 0) return found.sort();
    throw new InputError('missing', name, `no file matches ${name}`, 'check the path');
  });
}
