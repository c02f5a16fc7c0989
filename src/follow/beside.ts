/** The rotated files that lie beside a log, by what they begin with. */
import { isPacked } from '../input/compression.ts';
import { identityAt, LogFile, packedBeginning } from './file.ts';
import { type Rotated, rotatedFiles } from './rotation.ts';

/** A rotated file beside the log. */
export interface Candidate {
  readonly path: string;
  readonly identity: string;
  readonly head: Buffer;
  readonly packed: boolean;
}

/** Looks for the rotated files of one log; a file that did not change is read once. */
export class Beside {
  readonly #path: string;
  readonly #complain: (error: unknown) => undefined;
  /** Beginnings of the files, by their identity and status. */
  #heads: Map<string, Pick<Candidate, 'head' | 'packed'>> = new Map();
  /** Which files there were at the last look. */
  #seen = '';

  /**
   * @param path of the log
   * @param complain told why a file cannot be opened; throws what is no such reason
   */
  constructor(path: string, complain: (error: unknown) => undefined) {
    this.#path = path;
    this.#complain = complain;
  }

  /** The rotated files there are now, the oldest first. */
  async candidates(): Promise<Candidate[]> {
    const files = await rotatedFiles(this.#path);
    this.#seen = await identitiesOf(files);
    const found: Candidate[] = [];
    const heads = new Map<string, Pick<Candidate, 'head' | 'packed'>>();
    for (const { path } of files) {
      const file = await LogFile.open(path).catch((error: unknown) => this.#complain(error));
      if (file === undefined) continue;
      const { size, changed } = await file.status();
      const key = `${file.identity} ${size} ${changed}`;
      let known = this.#heads.get(key);
      if (known === undefined) {
        const beginning = await file.beginning();
        const packed = isPacked(beginning);
        known = { head: packed ? await packedBeginning(path) : beginning, packed };
      }
      await file.close();
      heads.set(key, known);
      found.push({ path, identity: file.identity, ...known });
    }
    this.#heads = heads;
    return found;
  }

  /** Whether the rotated files are those that they were at the last look. */
  async isUnmoved(): Promise<boolean> {
    return (await identitiesOf(await rotatedFiles(this.#path))) === this.#seen;
  }
}

async function identitiesOf(files: readonly Rotated[]): Promise<string> {
  const found = await Promise.all(
    files.map(async ({ path }) => `${path} ${await identityAt(path).catch(() => '')}`),
  );
  return found.join('\n');
}
