/** Where a store is: `chdb:DIR` or `http(s)://user@host:8123/database`. */
import { resolve } from 'node:path';
import { StoreError } from './error.ts';

/** A directory that holds an embedded ClickHouse. */
export interface EmbeddedAddress {
  readonly kind: 'embedded';
  /** As the user wrote it. */
  readonly name: string;
  /** Absolute. */
  readonly directory: string;
}

/** A ClickHouse server, or one of a cluster. */
export interface ServerAddress {
  readonly kind: 'server';
  /** As the user wrote it. */
  readonly name: string;
  /** Scheme, host and port. */
  readonly url: string;
  readonly user: string;
  readonly database: string;
}

export type Address = EmbeddedAddress | ServerAddress;

const FORMS = 'give chdb:DIRECTORY or http://user@host:8123/database';

/** Reads an address. A password in it would be seen in the list of processes: it is refused. */
export function parseAddress(text: string): Address {
  if (text.startsWith('chdb:')) {
    const directory = text.slice('chdb:'.length);
    if (directory === '') throw new StoreError('refused', 'chdb: names no directory', 'give chdb:./mail');
    return { kind: 'embedded', name: text, directory: resolve(directory) };
  }
  if (!/^https?:\/\//.test(text) || !URL.canParse(text)) {
    throw new StoreError('refused', `"${withoutPassword(text)}" names no store`, FORMS);
  }
  const url = new URL(text);
  if (url.password !== '') {
    throw new StoreError(
      'refused',
      'a password in the address of a store is open to everybody on this machine',
      'set WHYBOUNCE_STORE_PASSWORD, or WHYBOUNCE_STORE_PASSWORD_FILE to a file that holds it',
    );
  }
  if (url.search !== '' || url.hash !== '') {
    throw new StoreError('refused', `"${text}" has more than a database behind the host`, FORMS);
  }
  return {
    kind: 'server',
    name: text,
    url: `${url.protocol}//${url.host}`,
    user: decodeURIComponent(url.username) || 'default',
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
  };
}

/** Linear: one pass over what is neither a colon, a slash nor an at sign, from each colon. */
function withoutPassword(text: string): string {
  return text.replace(/:[^:/@]*@/, ':…@');
}
