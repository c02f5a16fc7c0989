/** The forms of a report: which one is asked for, and what makes it. */
import { extname } from 'node:path';
import type { Report } from '../aggregate/report.ts';
import { formatJson } from '../sink/json.ts';
import type { ScreenOptions } from '../sink/screen.ts';
import { type Breakdown, formatText } from '../sink/text.ts';
import { UsageError } from './errors.ts';

/** Values of `--format`. */
export const FORMATS = ['text', 'json', 'html', 'md', 'csv'] as const;

/** A mail is asked for by a flag of its own. */
export type Format = (typeof FORMATS)[number] | 'mail';

/** The format that the ending of `-o FILE` stands for. */
const FORMAT_BY_ENDING: Readonly<Record<string, Format>> = {
  '.csv': 'csv',
  '.htm': 'html',
  '.html': 'html',
  '.json': 'json',
  '.markdown': 'md',
  '.md': 'md',
  '.text': 'text',
  '.txt': 'text',
};

/** Rows of a list: on a page as many as one wants to read, in a document as many as one may want to search. */
export const TOP: Readonly<Record<Format, number>> = {
  text: 10,
  json: 50,
  html: 20,
  md: 10,
  csv: 1000,
  mail: 10,
};

/** How a report is to be written. */
export interface Presentation {
  readonly top: number;
  readonly by: Breakdown;
  /** IANA name of the time zone that times are shown in. */
  readonly zone: string;
  readonly screen: ScreenOptions;
  readonly mailTo: readonly string[];
  readonly mailFrom: string | undefined;
}

/** Writes a report in a form. Those that few ask for are loaded on demand. */
export async function present(report: Report, format: Format, how: Presentation): Promise<string> {
  const { top, by, zone, screen, mailTo: to, mailFrom: from } = how;
  switch (format) {
    case 'json':
      return formatJson(report);
    case 'text':
      return formatText(report, { ...screen, top, by, zone });
    case 'html':
      return (await import('../sink/html.ts')).formatHtml(report, { top, zone });
    case 'md':
      return (await import('../sink/markdown.ts')).formatMarkdown(report, { top, by, zone });
    case 'csv':
      return (await import('../sink/csv.ts')).formatCsv(report, by);
    case 'mail':
      return (await import('../sink/mail.ts')).formatMail(report, { top, by, zone, to, from });
  }
}

/** Which format the flags ask for. */
export function formatOf(flags: {
  format?: Format | undefined;
  json?: boolean | undefined;
  output?: string | undefined;
  'mail-headers'?: boolean | undefined;
}): Format {
  if (flags['mail-headers']) return 'mail';
  if (flags.json) {
    if (flags.format === undefined || flags.format === 'json') return 'json';
    throw new UsageError(`--json contradicts --format ${flags.format}`, 'give one of them');
  }
  if (flags.format !== undefined) return flags.format;
  const ending = extname(flags.output ?? '').toLowerCase();
  if (ending === '') return 'text';
  const format = FORMAT_BY_ENDING[ending];
  if (format !== undefined) return format;
  throw new UsageError(
    `--output ${flags.output} does not tell the format`,
    'end its name in .txt, .json, .html, .md or .csv, or give --format',
  );
}
