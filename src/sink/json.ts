import type { Report } from '../aggregate/report.ts';

/** Gives the report as one JSON document, indented for people and ended by a line feed. */
export function formatJson(report: Report): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}
