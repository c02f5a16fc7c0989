/** Apple (https://support.apple.com/102322), NetEase (http://help.mail.163.com) and Tencent. */
import type { Rule } from '../rule.ts';

/** Apple (https://support.apple.com/102322), NetEase (http://help.mail.163.com) and Tencent. */
export const OTHERS_RULES: readonly Rule[] = [
  {
    id: 'apple.content',
    cause: 'spam_content',
    confidence: 0.8,
    any: ['cs01', 'cs02'],
    examples: ['554 5.7.1 [CS01] Message rejected due to local policy.'],
  },
  {
    id: 'apple.reputation',
    cause: 'poor_reputation',
    confidence: 0.75,
    any: ['[hm0*'],
    examples: ['554 5.7.1 [HM08] Message rejected due to local policy.'],
  },
  {
    id: 'netease.spam',
    cause: 'spam_content',
    confidence: 0.93,
    any: ['dt:spm', 'dt:(sum|vir)', 'mi:spb', 'help_spam_16'],
    examples: ['554 DT:SPM 163 mx1,please see http://mail.163.com/help/help_spam_16.htm'],
  },
  {
    id: 'netease.rate',
    cause: 'rate_limited',
    confidence: 0.88,
    any: ['mi:(cel|ccl|dmc|stc|spl)', 'rp:(cel|rcl|qrc|trc|ccl)', 'hl:(itc|icc|ifc|mep)', 'user:rcl'],
    examples: ['450 MI:CEL 163 mx1,please see http://mail.163.com/help/help_spam_16.htm'],
  },
  {
    id: 'netease.reputation',
    cause: 'poor_reputation',
    confidence: 0.85,
    any: ['hl:rep', 'ip:(rep|qrc)'],
    examples: ['421 HL:REP 163 mx1'],
  },
  {
    id: 'tencent.rate',
    cause: 'rate_limited',
    confidence: 0.93,
    any: ['(ip|connection|sender|mail|domain) frequency (is |)limited', 'frequency limited'],
    examples: ['550 Ip frequency limited. https://service.mail.qq.com/detail/122/166'],
  },
];
