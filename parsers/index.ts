/** The registry: a new MTA adds one line. */
import type { LogParser } from './contract.ts';
import { postfix } from './postfix/index.ts';

/** All parsers, in the order in which a tag is offered to them. */
export const parsers: readonly LogParser[] = [postfix];
