/**
 * Where each mail server keeps what remedies speak of. A remedy names a place in braces, `{relay}`; what stands for it
 * is that of the mail server that the failure occurred with, or of each of them where they are several or not known.
 */
import type { Mta } from '../event/event.ts';

/** The mail servers in the order in which they are named, with the names that people know. */
const NAMES: Readonly<Record<Mta, string>> = { postfix: 'Postfix', exim: 'Exim', sendmail: 'sendmail' };

/** All mail servers, in the order in which remedies name them. */
export const MTAS = Object.keys(NAMES) as readonly Mta[];

/** Each fits into a sentence as the name of a thing: "see …", "check …". */
const PLACES: Readonly<Record<string, Readonly<Record<Mta, string>>>> = {
  'address test': {
    postfix:
      '`postmap -q user@example.org` on the map that `postconf virtual_alias_maps virtual_mailbox_maps local_recipient_maps` names',
    exim: '`exim -bt user@example.org`',
    sendmail: '`sendmail -bv user@example.org`',
  },
  'client ban': {
    postfix: '`fail2ban-client set postfix-sasl banip IP`',
    exim: '`fail2ban-client set exim banip IP`',
    sendmail: '`fail2ban-client set sendmail-auth banip IP`',
  },
  'client exemption': {
    postfix: 'a `check_client_access` map',
    exim: 'an `accept hosts = IP` before the check in the ACL',
    sendmail: '`Connect:IP OK` in the access map',
  },
  'client login': {
    postfix: '`postconf smtp_sasl_auth_enable smtp_sasl_password_maps relayhost`',
    exim: '`exim -bP authenticators` (on Debian also `/etc/exim4/passwd.client`)',
    sendmail: '`AuthInfo:` lines of the access or authinfo map',
  },
  'client permission': {
    postfix: '`mynetworks`',
    exim: 'the list `relay_from_hosts` (on Debian `dc_relay_nets`)',
    sendmail: '`Connect:IP RELAY` of the access map',
  },
  'connection limit': {
    postfix: '`default_destination_concurrency_limit`, shown by `postconf -n | grep concurrency`',
    exim: '`serialize_hosts` of the smtp transport, and `remote_max_parallel`',
    sendmail:
      '`confSINGLE_THREAD_DELIVERY` with `confHOST_STATUS_DIRECTORY`, and the runners of the queue group',
  },
  'content rules': {
    postfix: '`postconf header_checks body_checks mime_header_checks milter_header_checks`',
    exim: '`exim -bP acl_smtp_data acl_smtp_mime system_filter`',
    sendmail: 'the milters (`INPUT_MAIL_FILTER`) and local rulesets of sendmail.mc',
  },
  conversation: {
    postfix: '`debug_peer_list = HOST`',
    exim: '`exim -v -M ID`',
    sendmail: '`sendmail -v -qI` with the queue id',
  },
  'domain lists': {
    postfix: '`postconf -n | grep rhsbl`',
    exim: '`dnslists` with `$sender_address_domain` in the ACLs',
    sendmail: 'the milters and rulesets of sendmail.mc',
  },
  'held deletion': {
    postfix: '`postsuper -d ID`',
    exim: '`exim -Mrm ID`',
    sendmail: 'remove `hfID` and `dfID` from the queue directory',
  },
  'held list': {
    postfix: '`mailq`, which marks it with `!`',
    exim: '`exiqgrep -z`',
    sendmail: '`mailq -qQ`',
  },
  'held look': {
    postfix: '`postcat -q ID`',
    exim: '`exim -Mvh ID` and `exim -Mvl ID`',
    sendmail: 'the file `hfID` in the queue directory',
  },
  'held release': {
    postfix: '`postsuper -H ID`',
    exim: '`exim -Mt ID`, or at once `exim -M ID`',
    sendmail: '`sendmail -qQ -Q -qIID`',
  },
  'helo name': {
    postfix: '`postconf myhostname smtp_helo_name`',
    exim: '`exim -bP primary_hostname`, or `helo_data` of the smtp transport',
    sendmail: '`confDOMAIN_NAME` in sendmail.mc',
  },
  'ip lists': {
    postfix: '`postconf -n | grep -E "rbl|dnsbl"`',
    exim: '`dnslists` in the ACLs',
    sendmail: '`FEATURE(dnsbl)` and `FEATURE(enhdnsbl)` in sendmail.mc',
  },
  'ipv4 alone': {
    postfix: '`postconf -e inet_protocols=ipv4`',
    exim: '`disable_ipv6 = true`',
    sendmail: '`CLIENT_OPTIONS` with `Family=inet` in sendmail.mc',
  },
  logins: {
    postfix: '`grep sasl_username= LOG`',
    exim: "`grep ' A=' LOG`",
    sendmail: '`grep authid= LOG`',
  },
  'mailbox limit': {
    postfix: '`postconf mailbox_size_limit virtual_mailbox_limit`',
    exim: '`quota` of the appendfile transport',
    sendmail: 'the quota of the file system, `repquota -a`',
  },
  'message rate': {
    postfix:
      '`NAME_destination_rate_delay` for a transport NAME of its own (a copy of `smtp` in master.cf, chosen in `transport_maps`)',
    exim: '`queue_smtp_domains` for this destination and `exim -qR DOMAIN` from cron, and `connection_max_messages` of the smtp transport',
    sendmail: 'a queue group of its own with few runners (`QUEUE_GROUP`), and `SMTP_MAILER_MAXMSGS`',
  },
  'own checks': {
    postfix: '`postfix check` and the maps in `postconf -n`',
    exim: 'the paniclog, `exim -bV` and `exim -bt ADDRESS`',
    sendmail: '`sendmail -bv ADDRESS`, `newaliases` and the permissions of `/etc/mail`',
  },
  'own domains': {
    postfix: '`postconf mydestination relay_domains virtual_mailbox_domains`',
    exim: '`exim -bP +local_domains` and `exim -bP +relay_to_domains`',
    sendmail: '`/etc/mail/local-host-names` and `/etc/mail/relay-domains`',
  },
  'own limits': {
    postfix: '`postconf -n | grep -E "limit|rate"`',
    exim: '`exim -bP | grep smtp_accept_max` and `ratelimit` in the ACLs',
    sendmail:
      '`ClientRate:` and `ClientConn:` of the access map, and `confCONNECTION_RATE_THROTTLE` in sendmail.mc',
  },
  'own rules': {
    postfix: '`postconf -n | grep restrictions` and the maps named there',
    exim: '`exim -bh IP`, which plays the session and names the ACL statement that refuses',
    sendmail: 'the access map and the milters of sendmail.mc',
  },
  'password change': {
    postfix: '`postmap` on the map',
    exim: 'nothing else, since the file is read at every delivery',
    sendmail: '`makemap hash` on the map',
  },
  queue: { postfix: '`mailq`', exim: '`exim -bp`', sendmail: '`mailq`' },
  'queue run': { postfix: '`postqueue -f`', exim: '`exim -qff`', sendmail: '`sendmail -q -v`' },
  'queue lifetime': {
    postfix: '`postconf maximal_queue_lifetime`',
    exim: '`exim -brt DOMAIN`, the retry rule',
    sendmail: '`confTO_QUEUERETURN` in sendmail.mc',
  },
  'recipient check': {
    postfix: '`postconf smtpd_reject_unlisted_recipient local_recipient_maps relay_recipient_maps`',
    exim: '`verify = recipient` in the ACL (`exim -bP acl_smtp_rcpt`)',
    sendmail:
      '`To:` lines of the access map (`FEATURE(blocklist_recipients)`) or a milter that asks the next server',
  },
  'recipient limit': {
    postfix: '`smtp_destination_recipient_limit`',
    exim: '`max_rcpt` of the smtp transport',
    sendmail: '`SMTP_MAILER_MAXRCPTS` in sendmail.mc',
  },
  relay: {
    postfix: '`postconf relayhost smtp_sasl_auth_enable`',
    exim: '`exim -bP routers` and `exim -bP authenticators` (on Debian `dc_smarthost` and `/etc/exim4/passwd.client`)',
    sendmail: '`SMART_HOST` in sendmail.mc and `AuthInfo:` lines of the access or authinfo map',
  },
  retry: {
    postfix: '`postqueue -i ID`',
    exim: '`exim -M ID`',
    sendmail: '`sendmail -v -qI` with the queue id',
  },
  routing: {
    postfix: '`postconf transport_maps relayhost`',
    exim: '`exim -bt user@example.org`',
    sendmail: '`sendmail -bv user@example.org` and the mailertable',
  },
  'sender domain': {
    postfix: '`postconf myorigin`',
    exim: '`exim -bP qualify_domain`',
    sendmail: '`MASQUERADE_AS` in sendmail.mc',
  },
  'sender rewriting': {
    postfix: 'postsrsd in `sender_canonical_maps`',
    exim: '`srs_encode` in `return_path` of the smtp transport',
    sendmail: 'the milter srs-milter',
  },
  'sender rules': {
    postfix: '`postconf smtpd_sender_restrictions`',
    exim: '`verify = sender` and `senders` in the ACLs (`exim -bP acl_smtp_mail acl_smtp_rcpt`)',
    sendmail: '`From:` lines of the access map',
  },
  'server tls': {
    postfix: '`postconf smtpd_tls_security_level`',
    exim: '`exim -bP tls_certificate tls_advertise_hosts` and `encrypted` in the ACLs',
    sendmail: '`TLS_Clt:` of the access map and `confSERVER_CERT` in sendmail.mc',
  },
  signing: {
    postfix: '`postconf smtpd_milters non_smtpd_milters`',
    exim: '`exim -bP transport remote_smtp | grep dkim`',
    sendmail: '`INPUT_MAIL_FILTER` in sendmail.mc',
  },
  'size limit': {
    postfix: '`postconf message_size_limit`',
    exim: '`exim -bP message_size_limit`',
    sendmail: '`confMAX_MESSAGE_SIZE` in sendmail.mc',
  },
  'tls ciphers': {
    postfix: '`postconf smtp_tls_protocols smtp_tls_ciphers`',
    exim: '`exim -bP openssl_options` and `tls_require_ciphers` of the smtp transport',
    sendmail: '`confCLIENT_SSL_OPTIONS` and `confCIPHER_LIST` in sendmail.mc',
  },
  'tls level': {
    postfix: '`postconf smtp_tls_security_level` (`may`)',
    exim: '`hosts_avoid_tls` of the smtp transport',
    sendmail: '`Try_TLS:HOST NO` lines of the access map',
  },
  'tls policy': {
    postfix: '`smtp_tls_policy_maps`',
    exim: '`hosts_require_tls` and `tls_verify_hosts` of the smtp transport',
    sendmail: '`TLS_Srv:` lines of the access map',
  },
  'tls test': {
    postfix: '`posttls-finger DOMAIN`',
    exim: '`openssl s_client -starttls smtp -connect HOST:25 -showcerts`',
    sendmail: '`openssl s_client -starttls smtp -connect HOST:25 -showcerts`',
  },
};

/** A place in a remedy: small letters and blanks in braces, which do not nest. */
const SLOT = /\{([a-z0-9 ]+)\}/g;

/** The places that a remedy names. */
export function placesIn(remedy: string): string[] {
  return [...remedy.matchAll(SLOT)].map(([, name]) => name!);
}

/** Names of all places. */
export const PLACE_NAMES: readonly string[] = Object.keys(PLACES);

/** Fills in the places of a remedy for these mail servers; for all of them where none is known. */
export function remedyFor(remedy: string, mtas: readonly Mta[] = []): string {
  const known = MTAS.filter((mta) => mtas.includes(mta));
  return remedy.replace(SLOT, (slot, name: string) => {
    const place = PLACES[name];
    return place === undefined ? slot : placeFor(place, known.length === 0 ? MTAS : known);
  });
}

function placeFor(place: Readonly<Record<Mta, string>>, mtas: readonly Mta[]): string {
  const byText = new Map<string, string[]>();
  for (const mta of mtas) byText.set(place[mta], [...(byText.get(place[mta]) ?? []), NAMES[mta]]);
  if (byText.size === 1) return place[mtas[0]!];
  return [...byText].map(([text, names]) => `with ${names.join(' and ')} ${text}`).join('; ');
}
