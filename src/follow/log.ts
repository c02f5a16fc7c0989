/**
 * One log over all its rotations.
 *
 * A log is a chain of texts: the one that grows at its path, and before it those that were rotated away and may not be
 * read to their ends yet. Each time it looks, it first finds out where each text is by now: in the file that was open
 * all along, in a copy that was made of it, packed or not, or nowhere. Then it reads, the oldest text first.
 *
 * Files are compared by what they hold. Names only tell where to look and which of two unknown files is older; inodes
 * only spare the comparing while a file is open, when no other file can have its inode.
 */
import { LONGEST_LINE } from '../input/batches.ts';
import { isPacked } from '../input/compression.ts';
import { InputError, readError } from '../input/error.ts';
import { Beside, type Candidate } from './beside.ts';
import { commonMarkPacked, identityAt, LogFile, packedBeginning } from './file.ts';
import { type Fingerprint, fingerprintOf, hasFingerprint } from './fingerprint.ts';
import type { Piece, TextPart } from './input.ts';
import { grow, type Link, lastLine, unpack } from './reading.ts';
import { firstStamp } from './stamp.ts';
import { type Mark, sameBeginning, startsWith, Text, type TextState, WINDOW } from './text.ts';

const NEWLINE = 0x0a;
/** A program that was not told of a rotation goes on writing into the old file, which is watched for so long. */
const GRACE = 10 * 60_000;
/** Rotated files that are watched at once. */
const MOST_WATCHED = 16;
/** What is packed badly is tried again for so long: it may still be being packed. */
const PATIENCE = 60_000;
/** Finished texts that are remembered though no file of theirs is seen: one may just be being packed or renamed. */
const REMEMBERED = 32;
/** Looks at a folder whose files are being renamed meanwhile. */
const MOST_LOOKS = 5;
/** So much of what lies there is read for what it tells of messages that are still under way, when news alone is wanted. */
const CONTEXT = 64 * 1024 * 1024;

/** A log as it is kept from one run to the next. */
export interface LogState {
  /** The oldest first; of those that are `old`, all that had come by then was given. */
  readonly texts: readonly (TextState & Pick<Link, 'past' | 'old'> & Pick<TextPart, 'number' | 'cut'>)[];
  readonly finished: readonly Fingerprint[];
}

/** How a log is followed. */
export interface LogOptions {
  /** Where reading begins in a log that was never read. */
  readonly from: 'start' | 'end';
  /** The rotated files that lie there at the beginning are read too. */
  readonly archives: boolean;
  readonly state: LogState | undefined;
  /** Rotated files are looked at again after so many milliseconds, even where nothing calls for it. */
  readonly rescanAfter: number;
  /** Shared by all logs: a piece is valid until the next one is asked for. */
  readonly buffer: Buffer;
  /** Gives the number of a new text. */
  readonly nextNumber: () => number;
  /** Told what the user should know. */
  readonly note: (message: string) => void;
}

/** A file that holds a text as far as a mark. */
interface Found extends Pick<Link, 'file' | 'packed'> {
  readonly mark: Mark;
}

/** Follows one log. */
export class FollowedLog {
  readonly path: string;
  readonly #options: LogOptions;
  readonly #beside: Beside;
  /** The oldest first. */
  #links: Link[] = [];
  /** The one whose file is at the path. */
  #current: Link | undefined;
  #finished: Fingerprint[];
  /** Whether what lies there was looked at once: whatever comes later is news. */
  #begun: boolean;
  /** What is at the path is packed: the identity of that file, which is read once. */
  #packedAtPath: string | undefined;
  #locatedAt = -Infinity;
  #complaint = '';

  constructor(path: string, options: LogOptions) {
    this.path = path;
    this.#options = options;
    this.#beside = new Beside(path, (error) => this.#complain(error));
    const { state } = options;
    this.#begun = state !== undefined;
    this.#finished = [...(state?.finished ?? [])];
    for (const { number, cut, past, old, ...text } of state?.texts ?? []) {
      this.#links.push(this.#newLink(Text.restored(text), { number, cut, past, old, lost: true }));
    }
  }

  /** Plain data for `LogOptions.state`. Speaks of all pieces that were given so far. */
  get state(): LogState {
    const texts = this.#links
      .filter(({ text }) => !text.isUnread)
      .map(({ text, part, past, old }, index) => {
        return {
          ...text.state,
          number: part.number,
          cut: part.cut,
          past,
          old: old || index < this.#links.length - 1,
        };
      });
    return { texts, finished: this.#finished };
  }

  /** Whether a file was ever there. */
  get isThere(): boolean {
    return this.#links.length > 0;
  }

  /**
   * Gives what has come since the last call.
   * @param now milliseconds of a clock that only goes forward
   */
  async *read(now: number): AsyncGenerator<Piece> {
    try {
      yield* this.#readOnce(now);
    } catch (error) {
      // A disk or a server that is away for a moment: what was open is found again by what it holds.
      if (!isSystemError(error)) throw error;
      this.#complain(readError(this.path, error));
      for (const link of this.#links.filter(({ file }) => file !== undefined)) {
        await link.file?.close().catch(() => undefined);
        link.file = undefined;
        link.seen = '';
        link.lost = !link.text.isUnread;
      }
      this.#links = this.#links.filter(({ lost, packed }) => lost || packed !== undefined);
      this.#current = undefined;
    }
  }

  async *#readOnce(now: number): AsyncGenerator<Piece> {
    // What was there all along comes first: it is older than whatever took its place meanwhile. A text that has just
    // begun waits: one before it may have come and gone.
    for (const link of this.#links.filter(({ text }) => !text.isUnread)) yield* this.#drain(link, now);
    const identity = await this.#identityAtPath();
    if (!(await this.#isSettled(identity)) || now - this.#locatedAt >= this.#options.rescanAfter) {
      this.#locatedAt = now;
      const removed = await this.#removed();
      if (removed?.text.isUnread === false) yield* this.#drain(removed, now);
      for (let look = 0; look < MOST_LOOKS; look++) {
        await this.#locate(look === 0 ? removed : undefined);
        for (const link of [...this.#links]) {
          yield* this.#drain(link, now);
          if (this.#isOver(link, now)) yield* this.#finish(link);
        }
        if (!(await this.#hasUnseen())) break;
      }
    } else for (const link of [...this.#links]) if (this.#isOver(link, now)) yield* this.#finish(link);
  }

  /** Lets go of all files. */
  async close(): Promise<void> {
    for (const { file } of this.#links) await file?.close();
    this.#links = [];
  }

  // --- finding --------------------------------------------------------------------------------------------------

  /** Nothing has to be looked for: all texts are where they were, and the newest is at the path. */
  async #isSettled(identity: string | undefined): Promise<boolean> {
    if (!this.#begun || this.#links.some(({ lost }) => lost)) return false;
    const { file, text } = this.#current ?? {};
    if (identity !== undefined && identity !== file?.identity && identity !== this.#packedAtPath)
      return false;
    return !text?.isUnread || (await file?.status())?.size === 0;
  }

  /** Whether a text has begun whose first bytes were not there yet when the files were looked at. */
  async #hasUnseen(): Promise<boolean> {
    for (const { text, file, begins } of this.#links) {
      if (file !== undefined && text.isUnread && begins.length === 0 && (await file.status()).size > 0)
        return true;
    }
    return false;
  }

  /** Finds out where each text is by now, and what has come anew. */
  async #locate(removed: Link | undefined): Promise<void> {
    // What stands in a file now came after all that a look from now on finds rotated.
    for (const link of this.#links) {
      if (link.text.isUnread && link.file !== undefined) link.begins = await link.file.beginning();
    }
    const { candidates, atPath } = await this.#look();
    const gone = removed?.file;
    const isRead = removed?.lost === false;
    for (const link of this.#links.filter(({ lost }) => lost)) await this.#recover(link, candidates, atPath);
    // Nothing that came after it is read before it.
    if (this.#links.some(({ lost }) => lost)) {
      if (atPath !== undefined && !this.#isHeld(atPath)) await atPath.close();
      return;
    }
    if (gone !== undefined) {
      const links = this.#links.filter(({ file }) => file === gone);
      for (const link of links) await this.#followCopy(link, isRead, candidates);
    }
    let current = this.#links.find(({ file }) => file !== undefined && file === atPath);
    if (atPath !== undefined && current === undefined) current = await this.#meet(atPath);
    if (current !== undefined) {
      // The newest is the last, even where an old file was put back.
      this.#links = [...this.#links.filter((link) => link !== current), current];
    }
    this.#current = current;
    await this.#discover(candidates);
    this.#begun = true;
  }

  /**
   * The rotated files, and the one at the path. Looks again where files are renamed meanwhile: one of them would be
   * neither here nor there.
   */
  async #look(): Promise<{ candidates: readonly Candidate[]; atPath: LogFile | undefined }> {
    for (let look = 1; ; look++) {
      const candidates = await this.#beside.candidates();
      const atPath = await this.#openPath(await this.#identityAtPath());
      if (look === MOST_LOOKS || (await this.#beside.isUnmoved())) return { candidates, atPath };
      if (atPath !== undefined && !this.#isHeld(atPath)) await atPath.close();
    }
  }

  /** The newest text, if no name leads to its file any more. */
  async #removed(): Promise<Link | undefined> {
    const link = this.#current;
    return (await link?.file?.isRemoved()) ? link : undefined;
  }

  /**
   * A file that was taken away may have been replaced by a copy that was written to and rotated since. What that has more
   * is read from there; the file itself may still be written to, and is watched where it was read to its end.
   */
  async #followCopy(link: Link, isRead: boolean, candidates: readonly Candidate[]): Promise<void> {
    const { text, file } = link;
    if (text.isUnread) {
      const beginning = await file!.beginning();
      if (!candidates.some(({ head }) => startsWith(head, beginning))) return;
      await file!.close();
      this.#links = this.#links.filter((each) => each !== link);
      return;
    }
    const found = await this.#search(text, candidates, undefined, false);
    if (found?.mark.offset !== text.offset) {
      await found?.file?.close();
      return;
    }
    const { file: copied, packed } = found;
    const copy: Link = {
      ...link,
      text: Text.restored(text.state),
      file: copied,
      packed,
      seen: '',
      complete: true,
    };
    if (!isRead) await file!.close();
    this.#links.splice(this.#links.indexOf(link) + (isRead ? 1 : 0), isRead ? 0 : 1, copy);
  }

  /** The file that is at the path: the same object as before where it is the same file. */
  async #openPath(identity: string | undefined): Promise<LogFile | undefined> {
    if (identity === undefined || identity === this.#packedAtPath) return undefined;
    const held = this.#links.find(({ file }) => file?.identity === identity)?.file;
    if (held !== undefined) return held;
    try {
      const file = await LogFile.open(this.path);
      this.#complaint = '';
      return file;
    } catch (error) {
      this.#complain(error);
      return undefined;
    }
  }

  async #identityAtPath(): Promise<string | undefined> {
    try {
      return await identityAt(this.path);
    } catch (error) {
      this.#complain(error);
      return undefined;
    }
  }

  /** Finds a text that is not where it was: emptied or cut since, or read in an earlier run. */
  async #recover(link: Link, candidates: readonly Candidate[], atPath: LogFile | undefined): Promise<void> {
    const { text, file } = link;
    link.lost = false;
    const found = await this.#search(text, candidates, file ?? atPath, file !== undefined);
    // What is left of it where it was, perhaps with something else behind.
    const own = await file?.commonMark(text);
    if (found === undefined && own === undefined && !(await this.#beside.isUnmoved())) {
      // Copied and emptied while it was looked for: the next look finds the copy.
      link.lost = true;
      return;
    }
    const others: Link[] = [];
    if (found !== undefined && (found.mark.offset === text.offset || own === undefined)) {
      const place = { file: found.file, packed: found.packed };
      const complete = file !== undefined || found.packed !== undefined;
      others.push(
        found.mark.offset === text.offset
          ? { ...link, ...place, complete }
          : this.#newLink(text.upTo(found.mark), {
              ...place,
              complete,
              old: link.old,
              cut: found.mark.offset,
            }),
      );
    } else {
      await found?.file?.close();
      if (own === undefined) this.#remember(text);
    }
    if (file !== undefined) {
      others.push(this.#newLink(own === undefined ? new Text() : text.upTo(own), { file, cut: own?.offset }));
    } else if (found === undefined && !link.old) this.#noteLoss(text);
    this.#links.splice(this.#links.indexOf(link), 1, ...others);
  }

  #noteLoss({ offset }: Text): void {
    this.#options.note(
      `${this.path} was replaced since the last run, and what it was before is not found: ` +
        `what was written to it after its byte ${offset} is missed`,
    );
  }

  /** A file at the path that none of the texts was in. */
  async #meet(file: LogFile): Promise<Link | undefined> {
    const beginning = await file.beginning();
    if (isPacked(beginning)) {
      await file.close();
      this.#packedAtPath = file.identity;
      const head = await packedBeginning(this.path);
      const isNews = !this.#finished.some((each) => hasFingerprint(head, each));
      if (isNews && (this.#begun || this.#options.from === 'start')) {
        this.#links.push(this.#newLink(new Text(), { packed: this.path, complete: true }));
      }
      return undefined;
    }
    const newest = this.#links.at(-1);
    // A text whose file was taken away may be here as a copy, made by an editor or rsync. A renamed one is elsewhere.
    if (newest?.file !== undefined && (await newest.file.isRemoved())) {
      const isCopy = newest.text.isUnread
        ? startsWith(beginning, await newest.file.beginning())
        : await contains(file, newest.text);
      if (isCopy) {
        await newest.file.close();
        newest.file = file;
        newest.seen = '';
        return newest;
      }
      const mark = await file.commonMark(newest.text);
      if (mark !== undefined)
        return this.#append(this.#newLink(newest.text.upTo(mark), { file, cut: mark.offset }));
    }
    if (this.#begun || this.#options.from === 'start')
      return this.#append(this.#newLink(new Text(), { file }));
    const { size } = await file.status();
    const past = await lineStart(file, size);
    const text = await textAt(file, past > CONTEXT ? await lineStart(file, past - CONTEXT) : 0, beginning);
    return this.#append(this.#newLink(text, { file, past }));
  }

  /** Rotated files that hold what none of the texts does: they came and were rotated since the last look. */
  async #discover(candidates: readonly Candidate[]): Promise<void> {
    const known = await Promise.all(
      this.#links.map(async ({ text, file }) => (file === undefined ? text.head : await file.beginning())),
    );
    const held = new Set(this.#links.map(({ file }) => file?.identity));
    const confirmed = new Set<Fingerprint>();
    const oldest = this.#begun && known[0] !== undefined ? firstStamp(known[0]) : undefined;
    for (const [index, { path, identity, head, packed }] of candidates.entries()) {
      const fingerprint = fingerprintOf(head);
      if (fingerprint === undefined || held.has(identity)) continue;
      const finished = this.#finished.find((each) => hasFingerprint(head, each));
      if (finished !== undefined) {
        confirmed.add(finished);
        continue;
      }
      if (known.some((each) => sameBeginning(each, head))) continue;
      const first = oldest === undefined ? undefined : firstStamp(head);
      if (
        (!this.#begun && !this.#options.archives) ||
        (oldest !== undefined && first !== undefined && first < oldest)
      ) {
        this.#finished.push(fingerprint);
        confirmed.add(fingerprint);
        continue;
      }
      const file = packed ? undefined : await LogFile.open(path);
      // Renamed again by now: it is found the next time.
      if (!packed && file?.identity !== identity) {
        await file?.close();
        this.#locatedAt = -Infinity;
        continue;
      }
      known.push(head);
      const link = this.#newLink(new Text(), {
        ...{ file, packed: packed ? path : undefined, complete: packed },
        begins: head,
      });
      // Its place is before what was rotated after it, of which nothing was read yet, and before the newest text.
      const later = new Set(candidates.slice(index + 1).map((candidate) => candidate.identity));
      const next = this.#links.findIndex(
        (each) => each === this.#current || (each.text.isUnread && later.has(each.file?.identity ?? '')),
      );
      this.#links.splice(next < 0 ? this.#links.length : next, 0, link);
    }
    this.#finished = this.#finished.filter(
      (each, i) => confirmed.has(each) || i >= this.#finished.length - REMEMBERED,
    );
  }

  /**
   * The file that holds all that was read of a text, and may hold more of it; where there is none, the one that holds most
   * of it: it was cut before it was rotated or copied.
   * @param first where to look first
   * @param elsewhere but not there
   */
  async #search(
    text: Text,
    candidates: readonly Candidate[],
    first: LogFile | undefined,
    elsewhere: boolean,
  ): Promise<Found | undefined> {
    let best: Found | undefined;
    if (first !== undefined && !elsewhere && !this.#isHeld(first)) {
      const mark = await first.commonMark(text);
      if (mark !== undefined) best = { file: first, packed: undefined, mark };
    }
    for (const { path, packed, identity, head } of candidates) {
      if (best?.mark.offset === text.offset) break;
      if (!text.sharesFirstLine(head) || this.#links.some(({ file }) => file?.identity === identity))
        continue;
      const file = packed ? undefined : await LogFile.open(path);
      const mark = packed ? await commonMarkPacked(path, text) : await file?.commonMark(text);
      if (mark !== undefined && mark.offset > (best?.mark.offset ?? 0)) {
        if (best?.file !== first) await best?.file?.close();
        best = { file, packed: packed ? path : undefined, mark };
      } else await file?.close();
    }
    return best;
  }

  #isHeld(file: LogFile): boolean {
    return this.#links.some((link) => link.file === file);
  }

  #newLink(text: Text, facts: Partial<Link> & Partial<Pick<TextPart, 'number' | 'cut'>>): Link {
    const { number = this.#options.nextNumber(), cut, ...rest } = facts;
    const part: TextPart = {
      name: this.path,
      number,
      head: () => link.text.head,
      cut,
    };
    const link: Link = {
      ...{ text, part, file: undefined, packed: undefined, lost: false, complete: false },
      ...{ past: 0, seen: '', quietSince: undefined, old: false, begins: Buffer.alloc(0) },
      ...rest,
    };
    return link;
  }

  #append(link: Link): Link {
    this.#links.push(link);
    return link;
  }

  #complain(error: unknown): undefined {
    if (!(error instanceof InputError)) throw error;
    if (error.message === this.#complaint) return;
    this.#complaint = error.message;
    this.#options.note(`${error.message}; ${error.hint}`);
  }

  // --- reading --------------------------------------------------------------------------------------------------

  async *#drain(link: Link, now: number): AsyncGenerator<Piece> {
    if (link.lost) return;
    if (link.packed !== undefined) yield* this.#unpack(link, link.packed, now);
    else if (link.file !== undefined) yield* grow(link, link.file, { now, buffer: this.#options.buffer });
  }

  /** What is left of a text that was packed before it was read to its end. */
  async *#unpack(link: Link, path: string, now: number): AsyncGenerator<Piece> {
    try {
      yield* unpack(link, path);
      this.#drop(link);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      // It was renamed, or is still being packed: looked for again.
      link.quietSince ??= now;
      if (now - link.quietSince < PATIENCE) {
        link.packed = undefined;
        link.lost = true;
        return;
      }
      this.#options.note(`${error.message}; ${error.hint}`);
      this.#drop(link);
    }
  }

  /** Whether nothing more is expected of a text. */
  #isOver(link: Link, now: number): boolean {
    if (link === this.#current || link.lost || link.file === undefined) return false;
    if (link.complete) return true;
    const at = this.#links.indexOf(link);
    if (at < this.#links.length - MOST_WATCHED) return true;
    const followed = this.#links.slice(at + 1).some(({ text }) => !text.isUnread);
    return followed && link.quietSince !== undefined && now - link.quietSince >= GRACE;
  }

  /** Gives what is left of a text, and forgets it. */
  async *#finish(link: Link): AsyncGenerator<Piece> {
    const piece = link.file && (await lastLine(link, link.file));
    this.#drop(link);
    await link.file?.close();
    if (piece !== undefined) yield piece;
  }

  #drop(link: Link): void {
    this.#links = this.#links.filter((each) => each !== link);
    this.#remember(link.text);
  }

  #remember(text: Text): void {
    const fingerprint = fingerprintOf(text.head);
    if (fingerprint !== undefined) this.#finished.push(fingerprint);
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}

/** Whether a file holds all that was read of a text. */
async function contains(file: LogFile, text: Text): Promise<boolean> {
  const mark = text.marks.at(-1);
  return mark !== undefined && text.beginsLike(await file.beginning()) && (await file.has(mark));
}

/** Where the last line begins before a byte of a file; that byte where it is in a line that is too long. */
async function lineStart(file: LogFile, before: number): Promise<number> {
  const length = Math.min(before, LONGEST_LINE);
  const bytes = await file.read(Buffer.alloc(length), before - length);
  const newline = bytes.lastIndexOf(NEWLINE);
  if (newline < 0) return before > LONGEST_LINE ? before : 0;
  return before - length + newline + 1;
}

/** The text of a file that is read from a line on. */
async function textAt(file: LogFile, offset: number, beginning: Buffer): Promise<Text> {
  const text = new Text();
  if (offset === 0) return text;
  const begin = Math.max(0, offset - WINDOW);
  const bytes = await file.read(Buffer.alloc(offset - begin), begin);
  text.head = beginning.subarray(0, offset);
  text.skipping = bytes.at(-1) !== NEWLINE;
  text.advance(offset, bytes, begin, true);
  return text;
}
