/** Names of blocklists, as replies mention them. */

/** Words by which a list is named where no host follows `using`, to the list's usual name. In order. */
const LISTS: readonly (readonly [string, string])[] = [
  ...[
    'zen.spamhaus.org',
    'sbl-xbl.spamhaus.org',
    'sbl.spamhaus.org',
    'xbl.spamhaus.org',
    'pbl.spamhaus.org',
  ].map(same),
  ...[
    'dbl.spamhaus.org',
    'css.spamhaus.org',
    'zrd.spamhaus.org',
    'bl.spamcop.net',
    'b.barracudacentral.org',
  ].map(same),
  ...['cbl.abuseat.org', 'psbl.surriel.com', 'dnsbl.sorbs.net', 'multi.surbl.org', 'multi.uribl.com'].map(
    same,
  ),
  ['spamhaus', 'spamhaus.org'],
  ['spamcop', 'bl.spamcop.net'],
  ['barracuda', 'b.barracudacentral.org'],
  ['abuseat', 'cbl.abuseat.org'],
  ['sorbs', 'dnsbl.sorbs.net'],
  ['surbl', 'multi.surbl.org'],
  ['uribl', 'multi.uribl.com'],
  ['uceprotect', 'uceprotect.net'],
  ['mailspike', 'bl.mailspike.net'],
  ['backscatterer', 'ips.backscatterer.org'],
  ['spameatingmonkey', 'spameatingmonkey.net'],
  ['invaluement', 'invaluement.com'],
  ['senderscore', 'senderscore.org'],
  ['hostkarma', 'hostkarma.junkemailfilter.com'],
  ['lashback', 'ubl.unsubscore.com'],
  ['manitu', 'ix.dnsbl.manitu.net'],
  ['nixspam', 'ix.dnsbl.manitu.net'],
  ['psbl', 'psbl.surriel.com'],
  ['truncate.gbudb', 'truncate.gbudb.net'],
  ['proofpoint', 'proofpoint'],
  ['cloudmark', 'cloudmark'],
  ['talos', 'cisco talos'],
];

function same(name: string): readonly [string, string] {
  return [name, name];
}

/**
 * Takes a canonical text and the provider that said it, gives the name of the list: the host behind `using`,
 * a known list that is mentioned, or else the provider, whose private list it is.
 */
export function listNamed(text: string, provider: string): string | undefined {
  const using = text.indexOf('using ');
  if (using >= 0) {
    const name = /^[a-z0-9.-]+/.exec(text.slice(using + 6, using + 6 + 253))?.[0];
    if (name?.includes('.')) return withoutFinalPunctuation(name);
  }
  for (const [word, name] of LISTS) if (text.includes(word)) return name;
  return provider === 'other' ? undefined : provider;
}

/** `zen.spamhaus.org.` ends a sentence: the full stop is no part of the name. */
function withoutFinalPunctuation(name: string): string {
  let end = name.length;
  while (end > 0 && (name[end - 1] === '.' || name[end - 1] === '-')) end -= 1;
  return name.slice(0, end);
}
