/**
 * Google, after https://support.google.com/a/answer/3726730 (SMTP error reference). The `?p=` token of the help
 * page is the most precise key, since codes such as 5.7.26 and 4.7.0 stand for several causes.
 */
import type { Rule } from './rule.ts';

const page = (
  id: string,
  token: string,
  rest: Pick<Rule, 'cause' | 'confidence' | 'examples'> & Partial<Rule>,
): Rule => ({
  id: `google.${id}`,
  any: [`support.google.com/mail/?p=${token}`, `support.google.com/a/?p=${token}`],
  ...rest,
});

/** Rules for replies of Google. */
export const GOOGLE_RULES: readonly Rule[] = [
  page('no-such-user', 'nosuchuser', {
    cause: 'user_unknown',
    detail: 'no_such_user',
    confidence: 0.99,
    examples: ['550 5.1.1 Not here, see https://support.google.com/mail/?p=NoSuchUser a1-2bc - gsmtp'],
  }),
  page('over-quota', 'overquota*', {
    cause: 'mailbox_full',
    confidence: 0.99,
    examples: ['452 4.2.2 Full, see https://support.google.com/mail/?p=OverQuotaTemp a1-2bc - gsmtp'],
  }),
  page('disabled', 'disableduser', {
    cause: 'mailbox_disabled',
    confidence: 0.99,
    examples: ['550 5.2.1 Off, see https://support.google.com/mail/?p=DisabledUser a1-2bc - gsmtp'],
  }),
  page('receiving-rate', 'receivingrate*', {
    cause: 'rate_limited',
    detail: 'messages',
    confidence: 0.98,
    examples: ['450 4.2.1 Slow, see https://support.google.com/mail/?p=ReceivingRate a1-2bc - gsmtp'],
  }),
  page('dmarc', 'dmarcrejection', {
    cause: 'dmarc_fail',
    confidence: 0.98,
    examples: ['550 5.7.26 No, see https://support.google.com/mail/?p=DmarcRejection a1-2bc - gsmtp'],
  }),
  page('format', 'rfcmessagenoncompliant', {
    cause: 'malformed_message',
    confidence: 0.97,
    examples: ['550 5.7.1 No, see https://support.google.com/mail/?p=RfcMessageNonCompliant a1-2bc - gsmtp'],
  }),
  page('size', 'maxsizeerror', {
    cause: 'message_too_large',
    confidence: 0.99,
    examples: ['552 5.3.4 No, see https://support.google.com/mail/?p=MaxSizeError a1-2bc - gsmtp'],
  }),
  page('recipients', 'toomanyrecipientserror', {
    cause: 'rate_limited',
    detail: 'recipients',
    confidence: 0.97,
    examples: ['452 4.5.3 No, see https://support.google.com/mail/?p=TooManyRecipientsError a1 - gsmtp'],
  }),
  page('blocked-header', 'blockedmessage', {
    cause: 'malformed_message',
    confidence: 0.8,
    all: ['(unicode|encoded word|header)'],
    none: ['attachment'],
    examples: ['550 5.7.1 A header is odd, see https://support.google.com/mail/?p=BlockedMessage a1 - gsmtp'],
  }),
  page('blocked-content', 'blockedmessage', {
    cause: 'content_rejected',
    detail: 'attachment',
    confidence: 0.93,
    examples: ['552 5.7.0 No, see https://support.google.com/mail/?p=BlockedMessage a1 - gsmtp'],
  }),
  page('unsolicited-ip', 'unsolicitediperror', {
    cause: 'poor_reputation',
    confidence: 0.9,
    examples: ['421 4.7.0 No, see https://support.google.com/mail/?p=UnsolicitedIPError a1 - gsmtp'],
  }),
  page('unsolicited-rate', 'unsolicitedratelimiterror', {
    cause: 'rate_limited',
    detail: 'messages',
    confidence: 0.9,
    examples: ['421 4.7.28 No, see https://support.google.com/mail/?p=UnsolicitedRateLimitError a1 - gsmtp'],
  }),
  page('unsolicited-message', 'unsolicitedmessageerror', {
    cause: 'spam_content',
    confidence: 0.93,
    none: ['very low reputation'],
    examples: ['550 5.7.1 No, see https://support.google.com/mail/?p=UnsolicitedMessageError a1 - gsmtp'],
  }),
  page('ipv6', 'ipv6autherror', {
    cause: 'host_identity',
    detail: 'ptr',
    confidence: 0.85,
    examples: ['550 5.7.1 No, see https://support.google.com/mail/?p=IPv6AuthError a1 - gsmtp'],
  }),
  page('loop', 'mailloop', {
    cause: 'mail_loop',
    confidence: 0.97,
    examples: ['554 5.4.6 No, see https://support.google.com/mail/?p=MailLoop a1 - gsmtp'],
  }),
  page('helo', 'helo', {
    cause: 'host_identity',
    detail: 'helo',
    confidence: 0.95,
    examples: ['501 5.5.4 No, see https://support.google.com/mail/?p=helo a1 - gsmtp'],
  }),
  {
    id: 'google.group-spam',
    cause: 'spam_content',
    confidence: 0.93,
    any: ['rejected due to spam classification', 'classified as spam ~ group'],
    examples: ['Your email to group list@example.com was rejected due to spam classification.'],
  },
  {
    id: 'google.spf',
    cause: 'spf_fail',
    confidence: 0.95,
    any: ["spf (authentication |)(does not|didn't|did not) pass"],
    none: ['dkim'],
    examples: ["421 4.7.27 Your email is rate limited: SPF authentication didn't pass"],
  },
  {
    id: 'google.dkim',
    cause: 'dkim_fail',
    confidence: 0.95,
    any: ["dkim (authentication |)(does not|didn't|did not) pass"],
    none: ['spf'],
    examples: ["421 4.7.30 Your email is rate limited: DKIM authentication didn't pass"],
  },
  {
    id: 'google.alignment',
    cause: 'dmarc_fail',
    confidence: 0.94,
    any: [
      "from: header ~ (isn't|is not) aligned",
      "(doesn't|does not) have a dmarc record",
      "dmarc record (doesn't|does not) specify",
    ],
    examples: ["421 4.7.32 The From: header of this message isn't aligned with SPF or DKIM"],
  },
  {
    id: 'google.not-in-service',
    cause: 'mailbox_disabled',
    confidence: 0.75,
    any: ['(account|address|mailbox|user) ~ (is |)not in service'],
    examples: ['550 5.7.1 That account is not in service'],
  },
  {
    id: 'google.policy',
    cause: 'policy_other',
    confidence: 0.8,
    any: ['has a policy that prohibited the mail', 'user or domain that you are sending to'],
    examples: ['550 5.7.1 The domain has a policy that prohibited the mail that you sent'],
  },
  {
    id: 'google.receiving-too-fast',
    cause: 'rate_limited',
    detail: 'messages',
    confidence: 0.97,
    any: ['(receiving|sending) mail (at a rate|too quickly)', 'rate that prevents', 'peak smtp relay limit'],
    examples: ['450 4.2.1 This user is receiving mail at a rate that prevents more of it'],
  },
  {
    id: 'google.very-low-reputation',
    cause: 'poor_reputation',
    confidence: 0.95,
    any: ['very low reputation of the sending'],
    examples: ['550 5.7.1 suspicious due to the very low reputation of the sending domain'],
  },
  {
    // The first line of several, which is all that sendmail logs: `… likely unsolicited mail` or `… suspicious`.
    id: 'google.first-line',
    cause: 'spam_content',
    confidence: 0.7,
    any: ['our system has detected that this message is'],
    none: ['suspicious', 'reputation'],
    enhanced: ['7.1'],
    examples: ['550 5.7.1 [192.0.2.1      12] Our system has detected that this message is'],
  },
  {
    id: 'google.volume',
    cause: 'rate_limited',
    detail: 'messages',
    confidence: 0.88,
    any: ['unusual rate of unsolicited mail'],
    none: ['has been blocked'],
    examples: ['421 4.7.28 We saw an unusual rate of unsolicited mail; it was rate limited'],
    nearMisses: ['550 5.7.1 We saw an unusual rate of unsolicited mail; it has been blocked'],
  },
  {
    id: 'google.volume-blocked',
    cause: 'poor_reputation',
    confidence: 0.88,
    any: ['unusual rate of unsolicited mail'],
    examples: ['550 5.7.1 We saw an unusual rate of unsolicited mail; it has been blocked'],
  },
  {
    id: 'google.groups',
    cause: 'recipient_restricted',
    confidence: 0.85,
    // Google Groups writes in the language of the sender.
    any: [
      '(the group|gruppe|groupe|grupo|gruppo|skupina|grupa)',
      'ομάδα',
      'група',
      'группа',
      'گروه',
      'קבוצה',
      'समूह',
      'グループ',
    ],
    all: [
      '(permission|permissions|berechtigung*|autorisation|permiso|permesso|permissao|opravneni|uprawnien|дозволу|разрешения|δικαίωμα|مجوز|אישור|अनुमति|権限)',
    ],
    examples: [
      'Die Gruppe ist vielleicht nicht vorhanden, oder Ihnen fehlt die Berechtigung dafür',
      'The group may not exist, or you may not have permission to write to it',
    ],
  },
];
