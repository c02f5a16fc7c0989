/** A stream of bytes and where it comes from. */
export interface Bytes {
  /** The file's name, `-` for standard input. */
  readonly name: string;
  /** A chunk is valid until the next one is asked for. */
  readonly chunks: AsyncGenerator<Buffer>;
  /** Reads the same bytes again from their beginning, where that is possible. */
  readonly again?: (() => AsyncGenerator<Buffer>) | undefined;
}
