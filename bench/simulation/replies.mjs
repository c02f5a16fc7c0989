/**
 * Who the simulated server talks to, and what they answer: mailbox providers, ordinary small servers, this
 * server's own refusals. Data only; `generate.mjs` decides when each of them happens.
 *
 * A failure is `{ w, status, at, cause, heal, text }`:
 *  - `w`       weight among the failures of its list
 *  - `status`  `bounced` or `deferred`
 *  - `at`      where the dialogue ended: `greeting`, `mail`, `rcpt`, `data`, `eom`
 *  - `cause`   the id that a report should give it (section "causes" of the truth file)
 *  - `heal`    for deferrals: the chance that one retry gets through
 *  - `text`    the reply with Postfix's joining of its lines already done (newline becomes blank)
 *
 * Where there was no reply (`BROKEN`, `LOST`, `LOCAL_FAILURES`), `text` is what Postfix says; other MTAs have words of
 * their own for its `id`.
 *
 * The context `c` given to `text`: to, from, fromDomain, domain, host (the relay), ip (this server), and token
 * makers hex(n), num(n), word(n), iso() (the present time as providers print it).
 */

/** This server, as others see it. */
export const SELF = { host: 'mx1.example.org', ip: '203.0.113.25', name: 'mx1' };

/** This server's own domains and the agent that delivers there. */
export const OWN = [
  [42, { domain: 'example.org', agent: 'lmtp' }],
  [26, { domain: 'post.example.net', agent: 'lmtp' }],
  [14, { domain: 'kanzlei.example.net', agent: 'virtual' }],
  [7, { domain: 'verein.example.net', agent: 'pipe' }],
  [6, { domain: SELF.host, agent: 'local' }],
  [5, { domain: 'filiale.example.net', agent: 'relay' }],
];

const MS_TAIL = (c) =>
  `[${c.word(6).toUpperCase()}EPF0000${c.hex(4)}.eop-EUR0${c.num(1)}.prod.protection.outlook.com ${c.iso()} 08DE${c.hex(12)}]`;

const google = {
  id: 'google',
  weight: 26,
  domains: ['gmail.com', 'gmail.com', 'gmail.com', 'gmail.com', 'googlemail.com'],
  hosts: [
    ['gmail-smtp-in.l.google.com', '142.250.110.26'],
    ['gmail-smtp-in.l.google.com', '142.251.168.27'],
    ['gmail-smtp-in.l.google.com', '2a00:1450:400c:c0b::1b'],
    ['alt1.gmail-smtp-in.l.google.com', '142.250.153.26'],
  ],
  hosted: () => [
    ['aspmx.l.google.com', '142.251.168.26'],
    ['aspmx.l.google.com', '2a00:1450:400c:c0c::1a'],
  ],
  sent: (c) => `250 2.0.0 OK  ${c.num(10)} ${c.hex(2)}-${c.hex(12)}si${c.num(8)}wrq.${c.num(3)} - gsmtp`,
  bounce: 0.06,
  defer: 0.045,
  failures: [
    {
      w: 46,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) =>
        `550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For more information, go to 550 5.1.1  https://support.google.com/mail/?p=NoSuchUser ${gid(c)} - gsmtp`,
    },
    {
      w: 9,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_full',
      text: (c) =>
        `552-5.2.2 The recipient's inbox is out of storage space and inactive. Please 552-5.2.2 direct the recipient to 552 5.2.2  https://support.google.com/mail/?p=OverQuotaPerm ${gid(c)} - gsmtp`,
    },
    {
      w: 7,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_disabled',
      text: (c) =>
        `550-5.2.1 The email account that you tried to reach is inactive. For more 550-5.2.1 information, go to 550 5.2.1  https://support.google.com/mail/?p=DisabledUser ${gid(c)} - gsmtp`,
    },
    {
      w: 8,
      status: 'bounced',
      at: 'eom',
      cause: 'unauthenticated',
      text: (c) =>
        `550-5.7.26 Your email has been blocked because the sender is unauthenticated. 550-5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM. 550-5.7.26  550-5.7.26  Authentication results: 550-5.7.26  DKIM = did not pass 550-5.7.26  SPF [${c.fromDomain}] with ip: [${c.ip}] = did not pass 550-5.7.26  550-5.7.26  For instructions on setting up authentication, go to 550 5.7.26  https://support.google.com/mail/answer/81126#authentication ${gid(c)} - gsmtp`,
    },
    {
      w: 6,
      status: 'bounced',
      at: 'eom',
      cause: 'dmarc_fail',
      text: (c) =>
        `550-5.7.26 Unauthenticated email from ${c.fromDomain} is not accepted due to 550-5.7.26 domain's DMARC policy. Please contact the administrator of 550-5.7.26 ${c.fromDomain} domain if this was a legitimate mail. To learn about the 550-5.7.26 DMARC initiative, go to 550 5.7.26  https://support.google.com/mail/?p=DmarcRejection ${gid(c)} - gsmtp`,
    },
    {
      w: 9,
      status: 'bounced',
      at: 'eom',
      cause: 'spam_content',
      text: (c) =>
        `550-5.7.1 [${c.ip}      18] Gmail has detected that this message is 550-5.7.1 likely unsolicited mail. To reduce the amount of spam sent to Gmail, 550-5.7.1 this message has been blocked. For more information, go to 550 5.7.1  https://support.google.com/mail/?p=UnsolicitedMessageError ${gid(c)} - gsmtp`,
    },
    {
      w: 2,
      status: 'bounced',
      at: 'eom',
      cause: 'message_too_large',
      text: (c) =>
        `552-5.3.4 Your message exceeded Google's message size limits. To learn more 552-5.3.4 about message size limits, go to 552 5.3.4  https://support.google.com/mail/?p=MaxSizeError ${gid(c)} - gsmtp`,
    },
    {
      w: 2,
      status: 'bounced',
      at: 'eom',
      cause: 'content_rejected',
      text: (c) =>
        `552-5.7.0 This message was blocked because its content presents a potential 552-5.7.0 security issue. To review our message content and attachment content 552-5.7.0 guidelines, go to 552 5.7.0  https://support.google.com/mail/?p=BlockedMessage ${gid(c)} - gsmtp`,
    },
    {
      w: 34,
      status: 'deferred',
      at: 'rcpt',
      cause: 'mailbox_full',
      heal: 0.02,
      text: (c) =>
        `452-4.2.2 The recipient's inbox is out of storage space. Please direct the 452-4.2.2 recipient to 452 4.2.2  https://support.google.com/mail/?p=OverQuotaTemp ${gid(c)} - gsmtp`,
    },
    {
      w: 26,
      status: 'deferred',
      at: 'rcpt',
      cause: 'rate_limited',
      heal: 0.6,
      text: (c) =>
        `450-4.2.1 The user you are trying to contact is receiving mail at a rate that 450-4.2.1 prevents additional messages from being delivered. Please resend your 450-4.2.1 message at a later time. If the user is able to receive mail at that 450-4.2.1 time, your message will be delivered. For more information, go to 450 4.2.1  https://support.google.com/mail/?p=ReceivingRate ${gid(c)} - gsmtp`,
    },
    {
      w: 22,
      status: 'deferred',
      at: 'eom',
      cause: 'poor_reputation',
      heal: 0.4,
      text: (c) =>
        `421-4.7.0 [${c.ip}      15] Gmail has detected that this message is 421-4.7.0 suspicious due to the very low reputation of the sending IP address. To 421-4.7.0 protect our users from spam, mail sent from your IP address has been 421-4.7.0 temporarily blocked. For more information, go to 421 4.7.0  https://support.google.com/mail/answer/188131 ${gid(c)} - gsmtp`,
    },
    {
      w: 18,
      status: 'deferred',
      at: 'eom',
      cause: 'unauthenticated',
      heal: 0.05,
      text: (c) =>
        `421-4.7.26 Your email has been rate limited because it is unauthenticated. Gmail 421-4.7.26 requires all senders to authenticate with either SPF or DKIM. 421-4.7.26  421-4.7.26  Authentication results: 421-4.7.26  DKIM = did not pass 421-4.7.26  SPF [${c.fromDomain}] with ip: [${c.ip}] = did not pass 421-4.7.26  For instructions on setting up authentication, go to 421 4.7.26  https://support.google.com/mail/answer/81126#authentication ${gid(c)} - gsmtp`,
    },
  ],
};

function gid(c) {
  return `${c.hex(12)}-${c.hex(12)}si${c.num(8)}wrq.${c.num(3)}`;
}

const microsoft = {
  id: 'microsoft',
  weight: 11,
  domains: ['hotmail.com', 'outlook.com', 'live.com', 'hotmail.fr', 'outlook.de', 'msn.com'],
  hosts: [
    ['outlook-com.olc.protection.outlook.com', '52.101.73.8'],
    ['hotmail-com.olc.protection.outlook.com', '52.101.68.16'],
    ['hotmail-com.olc.protection.outlook.com', '52.101.42.17'],
  ],
  hosted: (domain) => [[`${domain.replace(/\./g, '-')}.mail.protection.outlook.com`, '52.101.73.21']],
  sent: (c) =>
    `250 2.6.0 <${c.hex(12)}@${c.fromDomain}> [InternalId=${c.num(14)}, Hostname=${c.word(6).toUpperCase()}MB${c.num(4)}.eurprd0${c.num(1)}.prod.outlook.com] ${c.num(5)} bytes in 0.${c.num(3)}, ${c.num(3)}.${c.num(3)} KB/sec Queued mail for delivery`,
  bounce: 0.08,
  defer: 0.07,
  failures: [
    {
      w: 34,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). ${MS_TAIL(c)}`,
    },
    {
      w: 20,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) =>
        `550 5.4.1 Recipient address rejected: Access denied. For more information see https://aka.ms/EXOSmtpErrors ${MS_TAIL(c)}`,
    },
    {
      w: 8,
      status: 'bounced',
      at: 'eom',
      cause: 'user_unknown',
      text: (c) =>
        `550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ${c.to} not found by SMTP address lookup ${MS_TAIL(c)}`,
    },
    {
      w: 9,
      status: 'bounced',
      at: 'mail',
      cause: 'ip_blocklisted',
      text: (c) =>
        `550 5.7.1 Unfortunately, messages from [${c.ip}] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140). You can also refer your provider to http://mail.live.com/mail/troubleshooting.aspx#errors. ${MS_TAIL(c)}`,
    },
    {
      w: 5,
      status: 'bounced',
      at: 'rcpt',
      cause: 'ip_blocklisted',
      text: (c) =>
        `550 5.7.511 Access denied, banned sender[${c.ip}]. To request removal from this list please forward this message to delist@messaging.microsoft.com. For more information please go to http://go.microsoft.com/fwlink/?LinkId=526653. ${MS_TAIL(c)}`,
    },
    {
      w: 6,
      status: 'bounced',
      at: 'eom',
      cause: 'mailbox_full',
      text: (c) =>
        `554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded; Failed to process message due to a permanent exception with message Cannot open mailbox. ${MS_TAIL(c)}`,
    },
    {
      w: 6,
      status: 'bounced',
      at: 'eom',
      cause: 'dmarc_fail',
      text: (c) =>
        `550 5.7.509 Access denied, sending domain ${c.fromDomain} does not pass DMARC verification and has a DMARC policy of reject. ${MS_TAIL(c)}`,
    },
    {
      w: 4,
      status: 'bounced',
      at: 'eom',
      cause: 'recipient_restricted',
      text: (c) =>
        `550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup; authentication required; Delivery restriction check failed because the sender was not authenticated when sending to this group ${MS_TAIL(c)}`,
    },
    {
      w: 3,
      status: 'bounced',
      at: 'eom',
      cause: 'spf_fail',
      text: (c) =>
        `550 5.7.23 The message was rejected because of Sender Policy Framework violation -> 550 5.7.23 ${c.fromDomain} does not designate ${c.ip} as permitted sender ${MS_TAIL(c)}`,
    },
    {
      w: 60,
      status: 'deferred',
      at: 'mail',
      cause: 'poor_reputation',
      heal: 0.35,
      text: (c) =>
        `451 4.7.650 The mail server [${c.ip}] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775) ${MS_TAIL(c)}`,
    },
    {
      w: 40,
      status: 'deferred',
      at: 'greeting',
      cause: 'rate_limited',
      heal: 0.7,
      text: (c) =>
        `451 4.7.652 The mail server [${c.ip}] has exceeded the maximum number of connections. (S3115) ${MS_TAIL(c)}`,
    },
  ],
};

const yahoo = {
  id: 'yahoo',
  weight: 4.5,
  domains: ['yahoo.com', 'yahoo.de', 'yahoo.fr', 'aol.com', 'ymail.com'],
  hosts: [
    ['mta5.am0.yahoodns.net', '98.136.96.76'],
    ['mta6.am0.yahoodns.net', '67.195.228.94'],
    ['mta7.am0.yahoodns.net', '67.195.204.77'],
  ],
  sent: () => '250 ok dirdel',
  bounce: 0.09,
  defer: 0.13,
  failures: [
    {
      w: 44,
      status: 'bounced',
      at: 'eom',
      cause: 'user_unknown',
      text: () => '552 1 Requested mail action aborted, mailbox not found',
    },
    {
      w: 22,
      status: 'bounced',
      at: 'eom',
      cause: 'mailbox_disabled',
      text: (c) =>
        `554 30 Sorry, your message to ${c.to} cannot be delivered. This mailbox is disabled (554.30).`,
    },
    {
      w: 14,
      status: 'bounced',
      at: 'eom',
      cause: 'policy_other',
      text: () =>
        '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
    },
    {
      w: 8,
      status: 'bounced',
      at: 'eom',
      cause: 'unauthenticated',
      text: () =>
        '550 5.7.9 This mail has been blocked because the sender is unauthenticated. Yahoo requires all senders to authenticate with either SPF or DKIM. See https://postmaster.yahooinc.com/error-codes',
    },
    {
      w: 72,
      status: 'deferred',
      at: 'mail',
      cause: 'poor_reputation',
      heal: 0.3,
      text: (c) =>
        `421 4.7.0 [TSS04] Messages from ${c.ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes`,
    },
    {
      w: 28,
      status: 'deferred',
      at: 'greeting',
      cause: 'ip_blocklisted',
      heal: 0.15,
      text: (c) =>
        `553 5.7.1 [BL21] Connections will not be accepted from ${c.ip}, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html`,
    },
  ],
};

const apple = {
  id: 'apple',
  weight: 3,
  domains: ['icloud.com', 'me.com', 'mac.com'],
  hosts: [
    ['mx01.mail.icloud.com', '17.57.155.25'],
    ['mx02.mail.icloud.com', '17.42.251.62'],
  ],
  sent: (c) => `250 2.0.0 Ok: queued as ${c.hex(12).toUpperCase()}`,
  bounce: 0.065,
  defer: 0.045,
  failures: [
    {
      w: 60,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}>: user does not exist`,
    },
    {
      w: 16,
      status: 'bounced',
      at: 'eom',
      cause: 'dmarc_fail',
      text: (c) =>
        `554 5.7.1 Your message was rejected due to ${c.fromDomain}'s DMARC policy. See https://support.apple.com/en-us/HT204137 for info`,
    },
    {
      w: 14,
      status: 'bounced',
      at: 'mail',
      cause: 'ip_blocklisted',
      text: (c) => `550 5.7.0 Blocked - see https://support.proofpoint.com/dnsbl-lookup.cgi?ip=${c.ip}`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'rcpt',
      cause: 'mailbox_full',
      heal: 0.03,
      text: (c) => `452 4.2.2 <${c.to}>: user is over quota`,
    },
  ],
};

/** GMX, WEB.DE and IONOS run the same software. */
const UNITED_FAILURES = (site) => [
  {
    w: 50,
    status: 'bounced',
    at: 'rcpt',
    cause: 'user_unknown',
    text: () => '550 Requested action not taken: mailbox unavailable',
  },
  {
    w: 14,
    status: 'bounced',
    at: 'rcpt',
    cause: 'mailbox_full',
    text: (c) =>
      `552-Requested mail action aborted: exceeded storage allocation 552-Quota exceeded. The recipient mailbox is full. 552 For explanation visit https://postmaster.${site}/en/error-messages?ip=${c.ip}&c=quot`,
  },
  {
    w: 18,
    status: 'bounced',
    at: 'eom',
    cause: 'policy_other',
    text: (c) =>
      `554-Transaction failed 554-Reject due to policy restrictions. 554 For explanation visit https://postmaster.${site}/en/case?c=r0601&i=ip&v=${c.ip}&r=${c.hex(16)}`,
  },
  {
    w: 40,
    status: 'deferred',
    at: 'rcpt',
    cause: 'rate_limited',
    heal: 0.5,
    text: (c) =>
      `450-Requested mail action not taken: mailbox unavailable 450-Mail send limit exceeded. 450 For explanation visit https://postmaster.${site}/en/error-messages?ip=${c.ip}&c=rlml`,
  },
  {
    w: 60,
    status: 'deferred',
    at: 'greeting',
    cause: 'ip_blocklisted',
    heal: 0.25,
    text: (c) =>
      `554-${site} (mxgmx1${c.num(2)}) Nemesis ESMTP Service not available 554-No SMTP service 554-IP address is block listed. 554 For explanation visit https://postmaster.${site}/en/case?c=r0101&i=ip&v=${c.ip}&r=${c.hex(16)}`,
  },
];

const gmx = {
  id: 'gmx',
  weight: 5,
  domains: ['gmx.de', 'gmx.net', 'gmx.at', 'gmx.ch'],
  hosts: [
    ['mx00.emig.gmx.net', '212.227.15.9'],
    ['mx01.emig.gmx.net', '212.227.17.5'],
  ],
  sent: (c) =>
    `250 Requested mail action okay, completed: id=1M${c.word(5)}-1${c.word(5)}${c.num(1)}-00${c.word(4)}`,
  bounce: 0.06,
  defer: 0.06,
  failures: UNITED_FAILURES('gmx.net'),
};

const webde = {
  ...gmx,
  id: 'webde',
  weight: 3,
  domains: ['web.de'],
  hosts: [
    ['mx-ha02.web.de', '212.227.15.17'],
    ['mx-ha03.web.de', '212.227.17.8'],
  ],
  failures: UNITED_FAILURES('web.de'),
};

const ionos = {
  ...gmx,
  id: 'ionos',
  weight: 0,
  domains: [],
  hosts: [],
  hosted: () => [
    ['mx00.ionos.de', '212.227.15.41'],
    ['mx01.ionos.de', '217.72.192.67'],
  ],
  failures: UNITED_FAILURES('kundenserver.de'),
};

const telekom = {
  id: 'telekom',
  weight: 3,
  domains: ['t-online.de', 'magenta.de'],
  hosts: [
    ['mx00.t-online.de', '194.25.134.8'],
    ['mx03.t-online.de', '194.25.134.73'],
  ],
  sent: (c) => `250 2.0.0 1v${c.word(5)}-${c.word(6)} Message accepted.`,
  bounce: 0.06,
  defer: 0.05,
  failures: [
    {
      w: 60,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}> recipient unknown`,
    },
    {
      w: 18,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_full',
      text: (c) => `552 5.2.2 <${c.to}> Quota exceeded (mailbox for user is full)`,
    },
    {
      w: 22,
      status: 'bounced',
      at: 'eom',
      cause: 'spam_content',
      text: (c) =>
        `550-5.7.0 Message considered as spam or virus, rejected 550-5.7.0 Message rejected because it was considered as spam. If you feel 550-5.7.0 this to be an error, please forward this message including all 550-5.7.0 header lines to FPR@RX.T-ONLINE.DE. 550 5.7.0 ID ${c.hex(10)}`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'greeting',
      cause: 'ip_blocklisted',
      heal: 0.1,
      text: (c) =>
        `554 IP=${c.ip} - A problem occurred. (Ask your postmaster for help or to contact tobr@rx.t-online.de to clarify.) (BL)`,
    },
  ],
};

const orange = {
  id: 'orange',
  weight: 1.5,
  domains: ['orange.fr', 'wanadoo.fr'],
  hosts: [['smtp-in.orange.fr', '80.12.26.32']],
  sent: (c) => `250 2.0.0 ${c.word(20)} mail accepted for delivery`,
  bounce: 0.06,
  defer: 0.12,
  failures: [
    {
      w: 70,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: () => '550 5.1.1 Adresse d au moins un destinataire invalide. Invalid recipient. OFR_416 [416]',
    },
    {
      w: 30,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_full',
      text: () => '552 5.1.1 Boite du destinataire pleine. Recipient overquota. OFR_417 [417]',
    },
    {
      w: 100,
      status: 'deferred',
      at: 'greeting',
      cause: 'rate_limited',
      heal: 0.6,
      text: () =>
        '421 smtp-in.orange.fr ME Trop de connexions, veuillez verifier votre configuration. Too many connections, slow down. OFR004_104 [104]',
    },
  ],
};

const proofpoint = {
  id: 'proofpoint',
  weight: 0,
  domains: [],
  hosts: [],
  hosted: (_domain, n) => [
    [`mxa-00${n}.gslb.pphosted.com`, '148.163.148.77'],
    [`mxb-00${n}.gslb.pphosted.com`, '148.163.151.77'],
  ],
  sent: (c) => `250 2.0.0 4${c.word(13)}-1 Message accepted for delivery`,
  bounce: 0.065,
  defer: 0.04,
  failures: [
    { w: 60, status: 'bounced', at: 'rcpt', cause: 'user_unknown', text: () => '550 5.1.1 User Unknown' },
    {
      w: 25,
      status: 'bounced',
      at: 'mail',
      cause: 'ip_blocklisted',
      text: (c) =>
        `550 5.7.0 Local Policy Violation - Blocked - see https://ipcheck.proofpoint.com/?ip=${c.ip}`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'rcpt',
      cause: 'rate_limited',
      heal: 0.6,
      text: () => '452 4.3.2 Connection rate limit exceeded.',
    },
  ],
};

const mimecast = {
  id: 'mimecast',
  weight: 0,
  domains: [],
  hosts: [],
  hosted: () => [
    ['eu-smtp-inbound-1.mimecast.com', '195.130.217.221'],
    ['eu-smtp-inbound-2.mimecast.com', '91.220.42.211'],
  ],
  sent: (c) =>
    `250 SmtpThread-${c.num(8)}-176${c.num(10)}@uk-mta-${c.num(3)}.uk.mimecast.lan Received OK [${c.word(22)}.uk${c.num(2)}]`,
  bounce: 0.065,
  defer: 0.1,
  failures: [
    {
      w: 80,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) =>
        `550 Invalid Recipient - https://community.mimecast.com/docs/DOC-1369#550 [${c.word(22)}.uk${c.num(2)}]`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'rcpt',
      cause: 'greylisted',
      heal: 0.97,
      text: (c) =>
        `451 Internal resources are temporarily unavailable - https://community.mimecast.com/docs/DOC-1369#451 [${c.word(22)}.uk${c.num(2)}]`,
    },
  ],
};

const ovh = {
  id: 'ovh',
  weight: 0,
  domains: [],
  hosts: [],
  hosted: () => [
    ['mx1.mail.ovh.net', '178.33.252.12'],
    ['mx2.mail.ovh.net', '188.165.47.41'],
  ],
  sent: (c) => `250 2.0.0 Ok: queued as ${c.word(15)}`,
  bounce: 0.065,
  defer: 0.05,
  failures: [
    {
      w: 75,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}>: Recipient address rejected: User unknown`,
    },
    {
      w: 25,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_full',
      text: (c) => `552 5.2.2 <${c.to}>: Recipient address rejected: Mailbox full`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'rcpt',
      cause: 'remote_problem',
      heal: 0.7,
      text: () => '451 4.3.0 Temporary server error. Please try again later',
    },
  ],
};

/** A company's or club's own server: Postfix, Exim, Exchange, cPanel and the rest. */
const own = {
  id: 'own',
  weight: 0,
  domains: [],
  hosts: [],
  hosted: undefined,
  sent: (c) => `250 2.0.0 Ok: queued as ${c.hex(11).toUpperCase()}`,
  bounce: 0.085,
  defer: 0.24,
  failures: [
    {
      w: 200,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}>: Recipient address rejected: User unknown in virtual mailbox table`,
    },
    {
      w: 60,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}>: Recipient address rejected: User unknown in local recipient table`,
    },
    { w: 60, status: 'bounced', at: 'rcpt', cause: 'user_unknown', text: () => '550 No such user here' },
    {
      w: 40,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: () => '550 5.1.10 RESOLVER.ADR.RecipientNotFound; not found',
    },
    {
      w: 30,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}> User doesn't exist: ${c.to}`,
    },
    {
      w: 20,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: () => '550 5.1.1 Użytkownik nie istnieje',
    },
    {
      w: 45,
      status: 'bounced',
      at: 'eom',
      cause: 'mailbox_full',
      text: (c) => `552 5.2.2 <${c.to}> Quota exceeded (mailbox for user is full)`,
    },
    {
      w: 12,
      status: 'bounced',
      at: 'rcpt',
      cause: 'mailbox_full',
      text: () => '552 5.2.2 Das Postfach des Empfängers ist voll',
    },
    {
      w: 30,
      status: 'bounced',
      at: 'rcpt',
      cause: 'relay_denied',
      text: (c) => `554 5.7.1 <${c.to}>: Relay access denied`,
    },
    { w: 12, status: 'bounced', at: 'rcpt', cause: 'relay_denied', text: () => '550 relay not permitted' },
    {
      w: 55,
      status: 'bounced',
      at: 'rcpt',
      cause: 'ip_blocklisted',
      text: (c) =>
        `554 5.7.1 Service unavailable; Client host [${c.ip}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/${c.ip}`,
    },
    {
      w: 12,
      status: 'bounced',
      at: 'rcpt',
      cause: 'ip_blocklisted',
      text: (c) =>
        `550-JunkMail rejected - ${SELF.host} [${c.ip}]:41532 is in an RBL on 550-bl.spamcop.net, see Blocked - see 550 https://www.spamcop.net/bl.shtml?${c.ip}`,
    },
    {
      w: 10,
      status: 'bounced',
      at: 'rcpt',
      cause: 'domain_blocklisted',
      text: (c) =>
        `554 5.7.1 Service unavailable; Sender address [${c.from}] blocked using dbl.spamhaus.org; https://www.spamhaus.org/query/domain/${c.fromDomain}`,
    },
    {
      w: 30,
      status: 'bounced',
      at: 'eom',
      cause: 'spam_content',
      text: (c) => `550 5.7.1 Message content rejected, UBE, id=${c.num(5)}-${c.num(2)}`,
    },
    {
      w: 12,
      status: 'bounced',
      at: 'eom',
      cause: 'spam_content',
      text: () => '554 5.7.1 Spam message rejected',
    },
    {
      w: 6,
      status: 'bounced',
      at: 'eom',
      cause: 'virus',
      text: (c) => `554 5.7.1 id=${c.num(5)}-${c.num(2)} - INFECTED: Win.Trojan.Agent-${c.num(7)}`,
    },
    {
      w: 14,
      status: 'bounced',
      at: 'mail',
      cause: 'message_too_large',
      text: () => '552 5.3.4 Message size exceeds fixed limit',
    },
    {
      w: 14,
      status: 'bounced',
      at: 'rcpt',
      cause: 'spf_fail',
      text: (c) =>
        `550 5.7.23 <${c.to}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=${c.from};ip=${c.ip};r=<UNKNOWN>`,
    },
    {
      w: 6,
      status: 'bounced',
      at: 'eom',
      cause: 'content_rejected',
      text: () => '552 5.7.1 Attachments of type .exe are not permitted',
    },
    { w: 8, status: 'bounced', at: 'eom', cause: 'mail_loop', text: () => '554 5.4.0 Error: too many hops' },
    // A server that knows what log readers look for.
    {
      w: 2,
      status: 'bounced',
      at: 'rcpt',
      cause: 'user_unknown',
      text: (c) => `550 5.1.1 <${c.to}>: User unknown, ${c.success}`,
    },
    {
      w: 170,
      status: 'deferred',
      at: 'rcpt',
      cause: 'greylisted',
      heal: 0.96,
      text: (c) =>
        `450 4.2.0 <${c.to}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/${c.domain}.html`,
    },
    {
      w: 100,
      status: 'deferred',
      at: 'rcpt',
      cause: 'greylisted',
      heal: 0.96,
      text: () => '451 4.7.1 Greylisting in action, please come back later',
    },
    {
      w: 60,
      status: 'deferred',
      at: 'rcpt',
      cause: 'greylisted',
      heal: 0.96,
      text: (c) => `450 4.7.1 <${c.to}>: Recipient address rejected: Greylisted for 5 minutes`,
    },
    {
      w: 22,
      status: 'deferred',
      at: 'rcpt',
      cause: 'remote_problem',
      heal: 0.6,
      text: (c) => `451 4.3.0 <${c.to}>: Temporary lookup failure`,
    },
    {
      w: 12,
      status: 'deferred',
      at: 'mail',
      cause: 'remote_problem',
      heal: 0.3,
      text: () => '452 4.3.1 Insufficient system storage',
    },
    {
      w: 14,
      status: 'deferred',
      at: 'greeting',
      cause: 'rate_limited',
      heal: 0.8,
      text: (c) => `421 4.3.2 ${c.host} Too many concurrent SMTP connections; please try again later`,
    },
    {
      w: 12,
      status: 'deferred',
      at: 'rcpt',
      cause: 'host_identity',
      heal: 0.02,
      text: (c) => `450 4.7.25 Client host rejected: cannot find your hostname, [${c.ip}]`,
    },
    {
      w: 12,
      status: 'deferred',
      at: 'rcpt',
      cause: 'sender_rejected',
      heal: 0.1,
      text: (c) => `450 4.1.8 <${c.from}>: Sender address rejected: Domain not found`,
    },
    {
      w: 8,
      status: 'deferred',
      at: 'rcpt',
      cause: 'relay_denied',
      heal: 0.02,
      text: (c) => `454 4.7.1 <${c.to}>: Relay access denied`,
    },
    {
      w: 16,
      status: 'deferred',
      at: 'rcpt',
      cause: 'mailbox_full',
      heal: 0.03,
      text: (c) => `452 4.2.2 <${c.to}> Quota exceeded (mailbox for user is full)`,
    },
  ],
};

/** Consumer providers have a weight and domains; the others only host customers' domains. */
export const PROVIDERS = {
  google,
  microsoft,
  yahoo,
  apple,
  gmx,
  webde,
  ionos,
  telekom,
  orange,
  proofpoint,
  mimecast,
  ovh,
  own,
};

/** Who runs the mail of the many small domains, and how often. */
export const HOSTING = [
  ['microsoft', 30],
  ['google', 14],
  ['ionos', 8],
  ['ovh', 5],
  ['proofpoint', 4],
  ['mimecast', 4],
  ['own', 35],
];

/** Small domains that do not work for a long while. `share` of all small domains; texts are Postfix's own. */
export const BROKEN = [
  {
    id: 'timeout',
    share: 0.006,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.1',
    heal: 0.03,
    seconds: 30,
    errno: 'Connection timed out',
  },
  {
    id: 'refused',
    share: 0.004,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.1',
    heal: 0.05,
    errno: 'Connection refused',
  },
  {
    id: 'noroute',
    share: 0.002,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.1',
    heal: 0.05,
    errno: 'No route to host',
  },
  {
    id: 'servfail',
    dns: true,
    share: 0.004,
    status: 'deferred',
    cause: 'dns_failure',
    dsn: '4.4.3',
    heal: 0.05,
    text: (c) =>
      `Host or domain name not found. Name service error for name=${c.domain} type=MX: Host not found, try again`,
  },
  {
    id: 'nxdomain',
    dns: true,
    share: 0.01,
    status: 'bounced',
    cause: 'domain_not_found',
    dsn: '5.4.4',
    text: (c) =>
      `Host or domain name not found. Name service error for name=${c.domain} type=AAAA: Host not found`,
  },
  {
    id: 'nodata',
    dns: true,
    share: 0.002,
    status: 'bounced',
    cause: 'no_mail_route',
    dsn: '5.4.4',
    text: (c) =>
      `Host or domain name not found. Name service error for name=${c.domain} type=AAAA: Host found but no data record of requested type`,
  },
  {
    id: 'nullmx',
    dns: true,
    share: 0.003,
    status: 'bounced',
    cause: 'null_mx',
    dsn: '5.1.0',
    text: (c) => `Domain ${c.domain} does not accept mail (nullMX)`,
  },
  {
    id: 'notls',
    share: 0.002,
    status: 'deferred',
    cause: 'tls_failure',
    dsn: '4.7.4',
    heal: 0.01,
    early: true,
    text: (c) => `TLS is required, but was not offered by host ${c.host}[${c.hostIp}]`,
  },
  {
    id: 'badtls',
    share: 0.001,
    status: 'deferred',
    cause: 'tls_failure',
    dsn: '4.7.5',
    heal: 0.01,
    early: true,
    text: () => 'Cannot start TLS: handshake failure',
  },
];

/** A connection that breaks now and then, with anybody: `early` before it was encrypted, after `seconds` of waiting. */
export const LOST = [
  {
    id: 'lostGreeting',
    w: 40,
    early: true,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.2',
    heal: 0.85,
    text: (c) => `lost connection with ${c.host}[${c.hostIp}] while receiving the initial server greeting`,
  },
  {
    id: 'lostData',
    w: 25,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.2',
    heal: 0.85,
    text: (c) =>
      `lost connection with ${c.host}[${c.hostIp}] while sending end of data -- message may be sent more than once`,
  },
  {
    id: 'timeoutGreeting',
    w: 20,
    early: true,
    seconds: 300,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.2',
    heal: 0.85,
    text: (c) =>
      `conversation with ${c.host}[${c.hostIp}] timed out while receiving the initial server greeting`,
  },
  {
    id: 'lostRcpt',
    w: 15,
    status: 'deferred',
    cause: 'connection_failed',
    dsn: '4.4.2',
    heal: 0.85,
    text: (c) => `lost connection with ${c.host}[${c.hostIp}] while sending RCPT TO`,
  },
];

/** Failures of this server's own mailboxes, by the agent that delivers there. */
export const LOCAL_FAILURES = {
  lmtp: [
    {
      id: 'lmtpFull',
      w: 45,
      status: 'bounced',
      cause: 'mailbox_full',
      dsn: '5.2.2',
      text: (c) =>
        `host ${SELF.host}[private/dovecot-lmtp] said: 552 5.2.2 <${c.to}> Quota exceeded (mailbox for user is full) (in reply to end of DATA command)`,
    },
    {
      id: 'lmtpUnknown',
      w: 35,
      status: 'bounced',
      cause: 'user_unknown',
      dsn: '5.1.1',
      text: (c) =>
        `host ${SELF.host}[private/dovecot-lmtp] said: 550 5.1.1 <${c.to}> User doesn't exist: ${c.to} (in reply to RCPT TO command)`,
    },
    {
      id: 'lmtpTrouble',
      w: 20,
      status: 'deferred',
      cause: 'remote_problem',
      dsn: '4.3.0',
      heal: 0.5,
      text: (c) =>
        `host ${SELF.host}[private/dovecot-lmtp] said: 451 4.3.0 <${c.to}> Internal error occurred. Refer to server log for more information. (in reply to end of DATA command)`,
    },
  ],
  local: [
    {
      id: 'localUnknown',
      w: 70,
      status: 'bounced',
      cause: 'user_unknown',
      dsn: '5.1.1',
      text: (c) => `unknown user: "${c.user}"`,
    },
    {
      id: 'localTrouble',
      w: 30,
      status: 'deferred',
      cause: 'local_error',
      dsn: '4.3.0',
      heal: 0.3,
      text: () => 'temporary failure. Command output: try later ',
    },
  ],
  virtual: [
    {
      id: 'virtualUnknown',
      w: 60,
      status: 'bounced',
      cause: 'user_unknown',
      dsn: '5.1.1',
      text: (c) => `unknown user: "${c.to}"`,
    },
    {
      id: 'virtualFull',
      w: 40,
      status: 'bounced',
      cause: 'mailbox_full',
      dsn: '5.2.2',
      text: () => 'maildir delivery failed: error writing message: Disk quota exceeded',
    },
  ],
  pipe: [
    {
      id: 'pipeUnknown',
      w: 60,
      status: 'bounced',
      cause: 'user_unknown',
      dsn: '5.1.1',
      text: () => 'user unknown',
    },
    {
      id: 'pipeTrouble',
      w: 40,
      status: 'deferred',
      cause: 'local_error',
      dsn: '4.3.0',
      heal: 0.4,
      text: () => 'temporary failure. Command output: lda: Error: lock timed out ',
    },
  ],
};

/** Refusals at SMTP time by this server's smtpd: `at` is the stage that the log names. */
export const REFUSALS = [
  {
    w: 24,
    at: 'RCPT',
    cause: 'user_unknown',
    text: (c) => `550 5.1.1 <${c.to}>: Recipient address rejected: User unknown in virtual mailbox table`,
  },
  {
    w: 20,
    at: 'RCPT',
    cause: 'ip_blocklisted',
    text: (c) =>
      `554 5.7.1 Service unavailable; Client host [${c.clientIp}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/${c.clientIp}`,
  },
  {
    w: 14,
    at: 'RCPT',
    cause: 'greylisted',
    text: (c) =>
      `450 4.2.0 <${c.to}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/${c.domain}.html`,
  },
  {
    w: 13,
    at: 'RCPT',
    cause: 'relay_denied',
    outside: true,
    text: (c) => `454 4.7.1 <${c.to}>: Relay access denied`,
  },
  {
    w: 10,
    at: 'RCPT',
    cause: 'host_identity',
    text: (c) => `450 4.7.25 Client host rejected: cannot find your hostname, [${c.clientIp}]`,
  },
  {
    w: 8,
    at: 'RCPT',
    cause: 'host_identity',
    text: (c) => `504 5.5.2 <${c.helo}>: Helo command rejected: need fully-qualified hostname`,
  },
  {
    w: 7,
    at: 'RCPT',
    cause: 'sender_rejected',
    text: (c) => `450 4.1.8 <${c.from}>: Sender address rejected: Domain not found`,
  },
  {
    w: 4,
    at: 'RCPT',
    cause: 'spf_fail',
    text: (c) =>
      `550 5.7.23 <${c.to}>: Recipient address rejected: Message rejected due to: SPF fail - not authorized. Please see http://www.openspf.net/Why?s=mfrom;id=${c.from};ip=${c.clientIp};r=<UNKNOWN>`,
  },
  {
    w: 1,
    at: 'MAIL',
    cause: 'message_too_large',
    bare: true,
    text: () => '552 5.3.4 Message size exceeds fixed limit',
  },
];

/** What servers out there call themselves when they connect, by provider: host name and address. */
export const CLIENTS = [
  {
    w: 26,
    from: ['gmail.com'],
    make: (c) => [`mail-lf1-f${c.num(2)}.google.com`, `209.85.167.${c.octet()}`],
  },
  {
    w: 24,
    from: ['outlook.com', 'hotmail.com'],
    make: (c) => [`mail-am6eur05on20${c.num(2)}.outbound.protection.outlook.com`, `40.107.22.${c.octet()}`],
  },
  { w: 7, from: ['gmx.de', 'web.de'], make: (c) => ['mout.gmx.net', `212.227.15.${c.octet()}`] },
  {
    w: 4,
    from: ['yahoo.com'],
    make: (c) => [`sonic3${c.num(2)}-22.consmr.mail.ir2.yahoo.com`, `77.238.176.${c.octet()}`],
  },
  {
    w: 12,
    from: null,
    make: (c) => [
      `a${c.num(1)}-${c.num(2)}.smtp-out.eu-west-1.amazonses.com`,
      `54.240.${c.octet()}.${c.octet()}`,
    ],
  },
  { w: 27, from: null, make: undefined },
];

export const FIRST =
  'anna ben carla david elena felix greta hans ines jan karin lukas maria nico olga paul quentin rosa sven tina udo vera wim xenia yann zoe mehmet fatima li wei raj priya john mary peter sophie claire marc luca giulia'.split(
    ' ',
  );
export const LAST =
  'mueller schmidt weber fischer meyer wagner becker hoffmann dupont martin bernard moreau rossi bianchi garcia lopez silva santos novak kowalski jansen devries larsen hansen svensson smith jones brown taylor kim nguyen tanaka haddad ivanova petrov yilmaz'.split(
    ' ',
  );
export const WORDS =
  'alpha nord sued west hafen berg tal wald stein gold blau gruen licht kraft bau holz metall glas papier druck media soft data netz web cloud foto reise kultur sport verein schule praxis kanzlei agentur logistik garten küche auto motor rad hotel wein kaffee'
    .split(' ')
    .map((w) => w.replace('ü', 'ue'));
