/** The same lines of Exim's mainlog as other settings and versions would have written them. */

/** `date time text`, and the id that begins the text, where there is one. */
const LINE = /^(\S+) (\S+) ((?:[0-9A-Za-z]{6}-[0-9A-Za-z]{6}-[0-9A-Za-z]{2}(?= ))?.*)$/s;

/** `log_selector = +millisec +pid`, `log_timezone`. */
export function withHead(line: string): string {
  return line.replace(LINE, '$1 $2.000 +0000 [123] $3');
}

/** Message ids as of 4.97, wherever the line has one. */
export function withLongIds(line: string): string {
  return line.replace(/\b([0-9A-Za-z]{6})-([0-9A-Za-z]{6})-([0-9A-Za-z]{2})\b/g, '$1-00000$2-00$3');
}

/** `+incoming_port +outgoing_port +incoming_interface +deliver_time +queue_time +sender_on_delivery …`. */
export function withAllFields(line: string): string {
  return line
    .replace(
      /^(\S+ \S+ \S+ <= (?:"(?:[^"\\]|\\.)*")?\S* H=\S+ (?:\(\S*\) )?\[[\d.]+\])( .*)$/s,
      '$1:40812 I=[127.0.0.1]:25$2 RT=0.001s',
    )
    .replace(/^(\S+ \S+ H=\S+ (?:\(\S*\) )?\[[\d.]+\])( .*)$/s, '$1:40812 I=[127.0.0.1]:25$2')
    .replace(
      /^(\S+ \S+ \S+ (?:[=-]>|\*\*) .*?) (R=\w+ T=\w+) (H=\S+ \[[\d.]+\])/s,
      '$1 F=<"a> R=x T=y"@b.test> P=<> $2 S=500 $3:25 I=[127.0.0.1]:40812 PS=esea',
    )
    .replace(/^(\S+ \S+ \S+ [=-]> .*C=".*")$/s, '$1 QT=3.5s DT=0.123s')
    .replace(/^(\S+ \S+ \S+ \*\* .*)$/s, '$1 DT=0.123s');
}

/** Whether the rejectlog has the line, too. */
const REFUSED = /(?:rejected|dropped|authenticator failed|TLS error|synchronization error)/;

/** Parts of at most 870 characters, as `log.c` makes them. */
function split(text: string): string[] {
  const count = Math.ceil(text.length / 870);
  if (count <= 1) return [text];
  return Array.from({ length: count }, (_, i) => `[${i + 1}/${count}] ${text.slice(870 * i, 870 * (i + 1))}`);
}

/** Who takes a message in, or does not: one process for each client. */
const TAKEN_IN = /^(?:(?:\+0000 \[123\] )?(?:\S+ <= \S+ )?)H=[^[]*(\[[\d.]+\])/;

/**
 * Through syslog: refusals once for each log, long texts in parts, each client and each delivered message a process of
 * its own.
 * @param stamped with Exim's own stamp as well (`syslog_timestamp`)
 */
export function throughSyslog(lines: readonly string[], { stamped = true, tag = 'exim' } = {}): string[] {
  return lines.flatMap((line) => {
    const [, date, time, text] = LINE.exec(line)!;
    const id =
      TAKEN_IN.exec(text!)?.[1] ?? /^[0-9A-Za-z]{6}-[0-9A-Za-z]{6}/.exec(text!)?.[0] ?? text!.slice(0, 40);
    let process = 7;
    for (const character of id) process = (process * 31 + character.charCodeAt(0)) % 30_000;
    const head = `Nov ${date!.slice(8)} ${time} mx1 ${tag}[${process}]: `;
    const parts = split(stamped ? line : text!).map((part) => head + part);
    return REFUSED.test(text!) && !/^(?:\+0000 \[123\] )?\S+ (?:[=-]>|\*\*|==|<=) /.test(text!)
      ? [...parts, ...parts]
      : parts;
  });
}
