/** The file of alert rules, as commands read it. */
import { readFile } from 'node:fs/promises';
import { type AlertConfiguration, readAlertConfiguration } from '../watch/configuration.ts';
import { UsageError } from './errors.ts';

/** No file of alert rules is larger. */
const LARGEST = 1024 * 1024;

/**
 * Reads a file of alert rules and channels.
 * @throws UsageError where it cannot be read, or with its first mistakes
 */
export async function readAlertFile(file: string): Promise<AlertConfiguration> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new UsageError(`${file} does not exist`, 'check the path');
    }
    throw new UsageError(`alert rules cannot be read: ${(error as Error).message}`, 'name a TOML file');
  }
  if (text.length > LARGEST)
    throw new UsageError(`${file} is too large for a file of alert rules`, 'split it');
  const { mistakes, ...configuration } = readAlertConfiguration(text);
  const [first, ...others] = mistakes;
  if (first === undefined) return configuration;
  const more = others.slice(0, 3).map(({ line, message }) => `line ${line}: ${message}`);
  throw new UsageError(
    `${file}:${first.line}: ${first.message}`,
    more.length === 0 ? 'correct it, and test it again' : `also ${more.join('; ')}`,
  );
}
