/** Causes as the end of a sentence, and providers by the names that people know: what findings are worded with. */
import type { CauseId } from './catalogue.ts';

/** `refused`: another server spoke, and the words follow `because`. `failed`: nothing was said, or by this side. */
export interface Reason {
  readonly by: 'refused' | 'failed';
  readonly because: string;
}

const refused = (because: string): Reason => ({ by: 'refused', because });
const failed = (because: string): Reason => ({ by: 'failed', because });

const REASONS: Readonly<Record<CauseId, Reason>> = {
  user_unknown: refused('the addresses do not exist'),
  mailbox_full: refused('the mailboxes are full'),
  mailbox_disabled: refused('the mailboxes are disabled'),
  recipient_restricted: refused('the recipients do not accept this sender'),
  domain_not_found: failed('the domain does not exist'),
  null_mx: failed('the domain takes no mail at all'),
  no_mail_route: failed('the domain has no usable mail server'),
  dns_failure: failed('DNS gave no answer'),
  relay_denied: refused('the server is not responsible for the addresses'),
  spf_fail: refused('the SPF check failed'),
  dkim_fail: refused('the DKIM check failed'),
  dmarc_fail: refused('the DMARC check failed'),
  arc_fail: refused('the ARC check failed'),
  unauthenticated: refused('neither SPF nor DKIM passed'),
  host_identity: refused('the sending host has no proper name'),
  sender_rejected: refused('the sender address is not accepted'),
  ip_blocklisted: refused('the sending IP is on a blocklist'),
  domain_blocklisted: refused('a domain of the message is on a blocklist'),
  poor_reputation: refused('the sender has a poor reputation there'),
  rate_limited: refused('too much came too fast'),
  greylisted: refused('unknown senders must try again later (greylisting)'),
  spam_content: refused('it was judged spam'),
  virus: refused('malware was found in it'),
  content_rejected: refused('its content is not allowed there'),
  malformed_message: refused('the message is malformed'),
  message_too_large: refused('it is too large'),
  policy_other: refused('a policy there forbids it, without a reason given'),
  protocol_error: refused('the SMTP dialogue went wrong'),
  smtputf8_unsupported: failed('the server does not take addresses beyond ASCII'),
  tls_failure: failed('TLS did not come about'),
  smtp_auth: refused('a login is needed or was refused'),
  connection_failed: failed('no connection to the server came about'),
  remote_problem: refused('the server there has trouble'),
  mail_loop: failed('mail goes in circles'),
  expired: failed('the queue gave up'),
  local_error: failed('this server had an error of its own'),
  suppressed: refused('the addresses are on a suppression list'),
  unclassified: refused('of a reason that no rule knows'),
};

/** Finer splits that change the words; all others are told by their cause. */
const FINER: Readonly<Record<string, Reason>> = {
  'user_unknown/bad_address': refused('the addresses are not well formed'),
  'user_unknown/moved': refused('the recipients have moved to other addresses'),
  'host_identity/ptr': refused('the sending IP has no reverse DNS'),
  'host_identity/fcrdns': refused('reverse DNS and host name of the sending IP do not fit'),
  'host_identity/helo': refused('the HELO name is wrong'),
  'sender_rejected/unverified': refused('the sender address could not be verified'),
  'sender_rejected/domain_invalid': refused("the sender's domain does not exist in DNS"),
  'tls_failure/required': refused('it takes mail over TLS only'),
  'tls_failure/certificate': failed('the TLS certificate is not valid'),
  'smtp_auth/failed': refused('the login failed'),
  'connection_failed/timeout': failed('the server did not answer in time'),
  'connection_failed/refused': failed('the server refused the connection'),
  'connection_failed/lost': failed('the connection was lost'),
  'connection_failed/unreachable': failed('the server could not be reached'),
};

const UNTOLD = REASONS.unclassified;

/** Gives the reason behind a cause; with the list's name where the detail is one. */
export function reasonOf(cause: string, detail: string | undefined): Reason {
  const reason =
    (detail === undefined ? undefined : FINER[`${cause}/${detail}`]) ??
    (REASONS as Readonly<Record<string, Reason>>)[cause] ??
    UNTOLD;
  const listed = cause === 'ip_blocklisted' || cause === 'domain_blocklisted';
  return listed && detail !== undefined ? { ...reason, because: `${reason.because} (${detail})` } : reason;
}

/** Names that differ from the id with a capital letter. */
const TITLES: Readonly<Record<string, string>> = {
  local: 'this host',
  google: 'Gmail',
  microsoft: 'Microsoft (Outlook)',
  yahoo: 'Yahoo',
  apple: 'Apple (iCloud)',
  gmx: 'GMX and WEB.DE',
  ionos: 'IONOS',
  allinkl: 'ALL-INKL',
  tonline: 'T-Online',
  mailboxorg: 'mailbox.org',
  ovh: 'OVH',
  laposte: 'La Poste',
  sfr: 'SFR',
  uol: 'UOL',
  wppl: 'WP.pl',
  kpn: 'KPN',
  transip: 'TransIP',
  bt: 'BT',
  mailru: 'Mail.ru',
  ukrnet: 'UKR.NET',
  qq: 'QQ',
  netease: 'NetEase (163)',
  att: 'AT&T',
  godaddy: 'GoDaddy',
  sendgrid: 'SendGrid',
  kddi: 'KDDI',
  proofpoint: 'Proofpoint',
};

/** Gives the name of a provider as people know it. */
export function providerTitle(id: string): string {
  return TITLES[id] ?? id.charAt(0).toUpperCase() + id.slice(1);
}
