/** What of the board is looked at, and how. */

/** In the order in which they are gone through. */
export const PANELS = ['causes', 'providers', 'events'] as const;
export type Panel = (typeof PANELS)[number];

/** Orders of causes and providers. */
export const SORTS = ['count', 'trend', 'name'] as const;
export type Sort = (typeof SORTS)[number];

/** Only what fits is shown. */
export interface Filter {
  readonly provider: string | undefined;
  /** Key of a row of causes. */
  readonly cause: string | undefined;
  readonly text: string;
}

/** How the board is looked at. */
export interface View {
  readonly page: 'board' | 'trace' | 'help';
  readonly panel: Panel;
  /** Key of the row that is pointed at; the first one where undefined. */
  readonly selected: Readonly<Record<Panel, string | undefined>>;
  readonly sort: Sort;
  readonly period: 'hour' | 'all';
  readonly list: 'problems' | 'all';
  readonly filter: Filter;
  /** The text of the filter is being typed. */
  readonly isTyping: boolean;
  readonly isPaused: boolean;
  /** Key of the message whose trace is open. */
  readonly message: string | undefined;
  /** Lines of a trace that are scrolled away. */
  readonly scrolled: number;
}

/** Everything is shown. */
export const NO_FILTER: Filter = { provider: undefined, cause: undefined, text: '' };

/** How it begins. */
export const FIRST_VIEW: View = {
  page: 'board',
  panel: 'events',
  selected: { causes: undefined, providers: undefined, events: undefined },
  sort: 'count',
  period: 'hour',
  list: 'problems',
  filter: NO_FILTER,
  isTyping: false,
  isPaused: false,
  message: undefined,
  scrolled: 0,
};
