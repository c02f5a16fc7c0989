/**
 * Other names for people: addresses without their local part, IPs without their end, hosts without their own label,
 * or keyed hashes, under which the same person stays the same. Domains of addresses stay, since they are what a
 * report is about.
 */
import { createHmac } from 'node:crypto';
import { isIP, isIPv6 } from 'node:net';
import { POSTFIX_NULL_SENDER } from './notification.ts';

/** `mask` takes the person away; `hash` puts a keyed hash in place. */
export type Disguise = { readonly mode: 'mask' } | { readonly mode: 'hash'; readonly key: string };

/** Characters of a hash that are shown: collisions are unlikely among millions. */
const SHOWN = 12;

/** Names that are remembered, since most come often; then the table is begun anew. */
const MOST_NAMES = 50_000;

/** What stands for people whose names were taken away. */
const MASKED = '***';

/** Whether a name stands for everybody of its domain, so that nothing can be said of one of them. */
export function isMasked(name: string): boolean {
  return name === MASKED || name.startsWith(`${MASKED}@`);
}

/** Stand for what was replaced already. Nobody uses these characters; in a log they become question marks. */
const BEGIN = '\ue000';
const END = '\ue001';
const MARKS = /[\ue000\ue001]/g;
const TOKEN = /\ue000(\d+)\ue001/g;

/** `IPv6:2001:db8::1` and what looks like an IP: runs of digits, letters of hexadecimal, colons and dots. */
const IP_LIKE = /(IPv6:)?([0-9a-f:.]{3,64})/gi;
/** An IPv4 anywhere, in names with dashes too. Every part is bounded. */
const IPV4 = /(?<![\d])\d{1,3}([.-])\d{1,3}\1\d{1,3}\1\d{1,3}(?!\d)/g;
/** A subject as Postfix and Exim tell it. Each alternative is one class or a pair: nothing is tried twice. */
const EXIM_SUBJECT = / T="(?:[^"\\]|\\.)*"/g;
const SUBJECT = /\bSubject: [^\n;]*/gi;
/** Settings of log lines whose value is a person, with or without an `@`. */
const SETTING = /\b((?:orig_)?to|from|ctladdr|sasl_username|sasl_sender|authid|user)=(<?)([^<>,;\s]+)/g;
/** Names that follow these words are of clients. */
const NAMED_HOST = /\b(hostname|helo=<|EHLO|HELO) ?([^\s<>,;[\]()]+)/g;

/**
 * A host before its IP, which stands in brackets or was replaced already: `from HOST[IP]`, `for HOST (HELO) [IP]`. It
 * is a client's unless the words before it say that mail went there. It begins only where a name begins, and every part
 * is bounded.
 */
const CLIENT_HOST =
  /(?<![\p{L}\p{N}._-])(?<!\b(?:host|to|with) |relay=)([\p{L}\p{N}._-]{1,255})(?=\)? ?(?:\([^()\s]{0,255}\) ?)?\[(?:IPv6:)?(?:\ue000\d{1,9}\ue001|(?=[\da-f]{0,4}[.:])[\da-f.:]{2,64})\])/giu;

/** What ends an address to its left. */
const LEFT_END = new Set(' \t\r\n<>()[]{},;:"\u00ab\u00bb\u201c\u201d');
const DOMAIN_CHARACTER = /[\p{L}\p{N}.\-_]/u;

/** Gives names of people other names. */
export class Pseudonyms {
  readonly #disguise: Disguise;
  readonly #known = new Map<string, string>();

  constructor(disguise: Disguise) {
    this.#disguise = disguise;
  }

  /** An address, or a local part or login alone; the null sender stays what it is. */
  address(address: string): string {
    if (address === '') return '';
    return this.#remember(`a${address}`, () => {
      const at = address.lastIndexOf('@');
      // Nobody's name, and by which a notice is known.
      if (address.startsWith(POSTFIX_NULL_SENDER)) {
        return POSTFIX_NULL_SENDER + this.#withoutIps(address.slice(at + 1));
      }
      const person = this.#disguise.mode === 'mask' ? MASKED : `u${this.#hash(address)}`;
      return at < 0 ? person : `${person}@${this.#withoutIps(address.slice(at + 1))}`;
    });
  }

  /** An IP; anything else is taken for a host. */
  ip(ip: string): string {
    const version = isIP(ip);
    if (version === 0) return this.host(ip);
    if (this.#disguise.mode === 'hash') return `ip-${this.#hash(ip)}`;
    return version === 4 ? `${ip.split('.', 2).join('.')}.*.*` : `${ip.split(':', 2).join(':')}:*`;
  }

  /** A host: its two last labels stay. */
  host(host: string): string {
    if (isIP(host) !== 0) return this.ip(host);
    return this.#remember(`h${host}`, () => {
      const labels = host.split('.');
      const own = this.#disguise.mode === 'mask' ? MASKED : `host-${this.#hash(host)}`;
      return labels.length < 3 ? own : `${own}.${this.#withoutIps(labels.slice(-2).join('.'))}`;
    });
  }

  /**
   * A free text: all addresses and IPs in it, subjects, and the names that are known to be in it.
   * @param names what is known of the people that the text is about, with their other names
   */
  text(text: string, names: ReadonlyMap<string, string> = new Map()): string {
    const put: string[] = [];
    const token = (name: string): string => `${BEGIN}${put.push(name) - 1}${END}`;
    let rest = text.replace(MARKS, '?');
    for (const [name, other] of [...names].sort(([a], [b]) => b.length - a.length)) {
      if (name.length >= 3) rest = replaceName(rest, name, () => token(other));
    }
    rest = rest
      .replace(EXIM_SUBJECT, () => ` T="${token(MASKED)}"`)
      .replace(SUBJECT, () => `Subject: ${token(MASKED)}`);
    rest = this.#withoutAddresses(rest, token);
    rest = rest
      .replace(SETTING, (all, name: string, bracket: string, value: string) =>
        value.startsWith(BEGIN) ? all : `${name}=${bracket}${token(this.address(value))}`,
      )
      .replace(NAMED_HOST, (all, _word: string, host: string) =>
        host.startsWith(BEGIN) || !host.includes('.') ? all : all.replace(host, () => token(this.host(host))),
      )
      .replace(CLIENT_HOST, (host: string) => (host.includes('.') ? token(this.host(host)) : host));
    rest = this.#withoutIps(rest, token);
    return rest.replace(TOKEN, (_, index: string) => put[Number(index)] ?? '');
  }

  #withoutAddresses(text: string, token: (name: string) => string): string {
    let result = '';
    let done = 0;
    for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
      if (at < done) continue;
      let begin = at;
      if (text[at - 1] === '"') {
        const quote = text.lastIndexOf('"', at - 2);
        begin = quote >= done ? quote : at - 1;
      }
      while (begin > done && !LEFT_END.has(text[begin - 1]!) && text[begin - 1] !== END) begin -= 1;
      let end = at + 1;
      while (end < text.length && (text[end] === '@' || DOMAIN_CHARACTER.test(text[end]!))) end += 1;
      if (begin === at) continue;
      result += text.slice(done, begin) + token(this.address(text.slice(begin, end)));
      done = end;
    }
    return result + text.slice(done);
  }

  #withoutIps(text: string, token: (name: string) => string = (name) => name): string {
    return text
      .replace(IP_LIKE, (all, prefix: string | undefined, run: string) => {
        if (!run.includes(':')) return all;
        const end = run.replace(/(?<!:):$|\.+$/, '');
        if (!isIPv6(end)) return all;
        return `${prefix ?? ''}${token(this.ip(end))}${run.slice(end.length)}`;
      })
      .replace(IPV4, (all) => token(this.#dashed(all)));
  }

  /** An IPv4 with dots or, in a host's name, with dashes. */
  #dashed(text: string): string {
    const other = this.ip(text.replaceAll('-', '.'));
    return other.startsWith('ip-') ? other : other.replaceAll('.', text.includes('-') ? '-' : '.');
  }

  #hash(name: string): string {
    const { key } = this.#disguise as { key: string };
    return createHmac('sha256', key).update(name.toLowerCase()).digest('hex').slice(0, SHOWN);
  }

  #remember(name: string, make: () => string): string {
    let other = this.#known.get(name);
    if (other === undefined) {
      other = make();
      if (this.#known.size >= MOST_NAMES) this.#known.clear();
      this.#known.set(name, other);
    }
    return other;
  }
}

/** Replaces a name wherever it stands, in any letter case. */
function replaceName(text: string, name: string, other: () => string): string {
  const pattern = new RegExp(name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'), 'gi');
  return text.replace(pattern, other);
}
