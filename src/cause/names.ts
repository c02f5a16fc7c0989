/** Recognises what is written between blanks: addresses, IPs, host names, ids and providers' own codes. */
import { ATOM, CLASS, DIGIT, HEX } from './characters.ts';

/** The bytes of an ASCII text. */
export const bytesOf = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
/** Names as numbers, so that a name in the buffer can be looked up without making a string of it. */
function hash(bytes: Uint8Array, from: number, to: number): number {
  let value = to - from;
  for (let at = from; at < to; at++) value = (Math.imul(value, 31) + bytes[at]!) | 0;
  return value;
}

function hashesOf(names: string): ReadonlySet<number> {
  return new Set(names.split(' ').map((name) => hash(bytesOf(name), 0, name.length)));
}

/** Endings that make a dotted word a host name; two letters always do. Reserved ones are for tests and examples. */
const TOP_LEVEL = hashesOf(
  'com net org edu gov mil int info biz name arpa mobi pro aero coop cat jobs asia tel xxx app dev cloud email ' +
    'online site xyz shop tech store blog club live life world group agency digital media solutions services ' +
    'company network systems support center london berlin paris goog test example invalid localhost local lan ' +
    'localdomain internal intern home corp',
);

/** Labels by which a host name outside a URL is a blocklist's or a filter's, and worth reading. */
const TELLING_LABELS = hashesOf(
  'spamhaus spamcop barracudacentral barracuda sorbs uribl surbl mailspike abuseat uceprotect njabl dnsbl rbl bl ' +
    'zen xbl sbl pbl dbl css cbl psbl dbsbl rhsbl dnswl grey greylist blacklist blocklist blocked backscatterer ' +
    'proofpoint mimecast cloudmark senderscore validity returnpath invaluement spfbl truncate manitu nixspam ' +
    'spamrats lashback dnsbl-1 dnsbl-2 dnsbl-3 bl0 rbl-plus mail-abuse habeas hostkarma junkemailfilter ' +
    'anonmails 0spam interserver spameatingmonkey gbudb messagelabs trendmicro gmane postmaster',
);

const USING = bytesOf('using ');

/** Skips the domain of an address, with any further `@domain`; gives `i` where there is none. */
export function skipDomain(raw: string, i: number, end: number): number {
  let at = i;
  if (raw.charCodeAt(at) === 0x5b) {
    const close = raw.indexOf(']', at);
    return close > 0 && close < at + 64 ? close + 1 : i;
  }
  while (at < end) {
    const c = raw.charCodeAt(at);
    if (c < 128 && !(CLASS[c]! & ATOM) && c !== 0x40) break;
    at++;
  }
  while (at > i && raw.charCodeAt(at - 1) === 0x2e) at--;
  return at;
}

/** True where the hexadecimal digits and colons from `i` are an IPv6 address: `::`, or seven colons. */
export function isIpv6(raw: string, i: number, end: number): boolean {
  let colons = 0;
  let double = false;
  let digits = 0;
  for (let at = i; at < end && at < i + 46; at++) {
    const c = raw.charCodeAt(at);
    if (c === 0x3a) {
      colons++;
      if (raw.charCodeAt(at + 1) === 0x3a) double = true;
    } else if (c < 128 && CLASS[c]! & HEX) digits++;
    else break;
  }
  return digits > 0 && (colons === 7 || (double && colons > 1));
}

/** A digit or colon of an IPv6 address, or a dot inside the IPv4 address that may end it. */
export function isIpv6Part(raw: string, i: number): boolean {
  const c = raw.charCodeAt(i);
  if (c === 0x2e) return (CLASS[raw.charCodeAt(i + 1)] ?? 0) === (DIGIT | HEX);
  return c === 0x3a || ((CLASS[c] ?? 0) & HEX) !== 0;
}

/** True where the bytes end a host name. */
export function isTopLevel(out: Buffer, from: number, to: number): boolean {
  const size = to - from;
  if (size < 2 || size > 12) return false;
  for (let at = from; at < to; at++) if (out[at]! < 0x61 || out[at]! > 0x7a) return false;
  return size === 2 || TOP_LEVEL.has(hash(out, from, to));
}

/** `rejected.It is …`: a capital and small letters behind a dot begin a sentence, not a label. */
export function isSentenceStart(raw: string, i: number): boolean {
  const first = raw.charCodeAt(i);
  const second = raw.charCodeAt(i + 1);
  return first >= 0x41 && first <= 0x5a && second >= 0x61 && second <= 0x7a;
}

function isBehindUsing(out: Buffer, at: number): boolean {
  const from = at - USING.length;
  for (let i = 0; i < USING.length; i++) if (out[from + i] !== USING[i]) return false;
  return true;
}

/** Hosts behind `using` and hosts with a telling label are read, others are replaced. */
export function keepsHost(out: Buffer, from: number, to: number): boolean {
  if (isBehindUsing(out, from)) return true;
  let label = from;
  for (let at = from; at <= to; at++) {
    if (at < to && out[at] !== 0x2e) continue;
    if (at - label > 1 && TELLING_LABELS.has(hash(out, label, at))) return true;
    label = at + 1;
  }
  return false;
}

/** `4.3.2.1.zen.example.org`: the labels without a letter are an IP address. Gives the new end. */
export function dropNumericLabels(out: Buffer, from: number, to: number): number {
  let keep = from;
  for (let at = from; at < to; at++) {
    const c = out[at]!;
    if (c === 0x2e) keep = at + 1;
    else if (c < 0x30 || c > 0x39) break;
  }
  if (keep === from) return to;
  out.copyWithin(from, keep, to);
  return to - (keep - from);
}

/** Providers' own codes stay: letters then digits, at most 8 long, or with underscores (`SFR_IN_101`) at most 11. */
export function isShortToken(out: Buffer, from: number, to: number): boolean {
  let at = from;
  while (at < to && out[at]! >= 0x61 && out[at]! <= 0x7a) at++;
  if (at === from) return false;
  let underscores = 0;
  let digits = 0;
  for (; at < to; at++) {
    const c = out[at]!;
    if (c === 0x5f) underscores++;
    else if (c >= 0x30 && c <= 0x39) digits++;
    else if (c < 0x61 || c > 0x7a || digits > 0 || underscores === 0) return false;
  }
  return to - from <= 8 || (underscores > 0 && underscores < 3 && to - from <= 11);
}
