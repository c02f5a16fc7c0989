/** The commands. Each is loaded only when it is called: most of a short run is the time to load the program. */
import type { CommandEntry } from './command.ts';

/** A new command is one file beside this one and one entry here. */
export const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  report: {
    summary: 'Why mail failed, who must act and what to do next',
    load: async () => (await import('./report.ts')).default,
  },
  events: {
    summary: 'One normalized event a line, as NDJSON',
    load: async () => (await import('./events.ts')).default,
  },
  trace: {
    summary: 'Everything that happened to one message or address, and why',
    load: async () => (await import('./trace.ts')).default,
  },
  tail: {
    summary: 'Follows logs as they grow',
    load: async () => (await import('./tail.ts')).default,
  },
  load: {
    summary: 'Logs into a store, each line once',
    load: async () => (await import('./load.ts')).default,
  },
  store: {
    summary: 'Make the tables of a store, or tell what it holds',
    load: async () => (await import('./store.ts')).default,
  },
  query: {
    summary: 'Questions to a store',
    load: async () => (await import('./query.ts')).default,
  },
  suppress: {
    summary: 'The addresses to stop writing to, with the evidence',
    load: async () => (await import('./suppress.ts')).default,
  },
  explain: {
    summary: 'The cause behind one SMTP reply, and the remedy',
    load: async () => (await import('./explain.ts')).default,
  },
  causes: {
    summary: 'The catalogue of causes and remedies',
    load: async () => (await import('./causes.ts')).default,
  },
  alerts: {
    summary: 'Check alert rules, and see when they would have fired',
    load: async () => (await import('./alerts.ts')).default,
  },
  completion: {
    summary: 'What makes a shell complete these commands and their options',
    load: async () => (await import('./completion.ts')).default,
  },
};
