/** The file that says which alerts there are and where they go: TOML, every mistake told with its line. */
import { CATALOGUE } from '../cause/catalogue.ts';
import { LOCAL, PROVIDERS } from '../cause/providers.ts';
import { type Mistake, readToml, TomlError } from '../toml/document.ts';
import { Mistakes, TableReader } from '../toml/reader.ts';
import { DAY, HOUR, MINUTE } from './history.ts';
import { type AlertRule, type RuleType, SEVERITIES } from './rules.ts';

/** What a channel is, as the file says it; `channels/open.ts` makes one of it. */
export type ChannelSettings =
  | { readonly type: 'alertmanager' | 'webhook' | 'slack'; readonly name: string; readonly url: Secret }
  | { readonly type: 'command'; readonly name: string; readonly command: readonly string[] }
  | {
      readonly type: 'mail';
      readonly name: string;
      readonly relay: string;
      readonly from: string;
      readonly to: readonly string[];
      readonly user: string | undefined;
      readonly passwordFile: string | undefined;
    };

/** A value that stands in the file, or in a file of its own that fewer people can read. */
export type Secret = { readonly value: string } | { readonly file: string };

/** A file that is right. */
export interface AlertConfiguration {
  readonly rules: readonly AlertRule[];
  readonly channels: readonly ChannelSettings[];
}

const CHANNEL_TYPES = ['alertmanager', 'webhook', 'slack', 'command', 'mail'] as const;
const RULE_TYPES = ['rate', 'new', 'listed', 'silence', 'queue'] as const satisfies readonly RuleType[];
const KINDS = ['all', 'hard'] as const;

/** How long a condition must hold, and must not hold any more, by the type of its rule. */
const HOLD: Readonly<Record<RuleType, number>> = {
  rate: HOUR,
  new: 0,
  listed: 0,
  silence: 0,
  queue: 10 * MINUTE,
};
const KEEP = 30 * MINUTE;
const REPEAT = 4 * HOUR;

/** Takes the text of a file. Never throws: what is wrong is given, and then nothing else is of use. */
export function readAlertConfiguration(text: string): AlertConfiguration & { readonly mistakes: Mistake[] } {
  const mistakes = new Mistakes();
  let root: TableReader;
  try {
    root = new TableReader({ line: 1, content: readToml(text) }, mistakes);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return { rules: [], channels: [], mistakes: [{ line: error.line, message: error.message }] };
  }
  const channels = named(root.tables('channel'), 'channel', channelOf);
  const tables = root.tables('rule');
  const names = channels.map(({ name }) => name);
  const rules = named(tables, 'rule', (table) => ruleOf(table, names));
  if (tables.length === 0) root.wrong(1, 'there is no [[rule]] in this file');
  root.end('this file: rules are tables [[rule]], channels [[channel]]');
  return { rules, channels, mistakes: mistakes.sorted };
}

/** What the tables say, each with a name of its own. */
function named<T extends { readonly name: string }>(
  tables: readonly TableReader[],
  what: string,
  read: (table: TableReader) => T | undefined,
): T[] {
  const found = new Map<string, T>();
  for (const table of tables) {
    const value = read(table);
    if (value === undefined) continue;
    if (found.has(value.name)) table.wrong(table.line, `two ${what}s have the name "${value.name}"`);
    found.set(value.name, value);
  }
  return [...found.values()];
}

function channelOf(table: TableReader): ChannelSettings | undefined {
  const type = table.needed('type', CHANNEL_TYPES, 'the channel');
  const name = table.word('name');
  if (type === undefined) return undefined;
  if (name === undefined) return table.wrong(table.line, 'the channel has no name');
  const settings = ((): ChannelSettings | undefined => {
    switch (type) {
      case 'command': {
        const command = table.words('command') ?? [];
        if (command.length === 0)
          return table.wrong(table.line, 'a command channel needs command = ["program", "argument"]');
        return { type, name, command };
      }
      case 'mail':
        return mailOf(table, name);
      default: {
        const url = urlOf(table);
        return url && { type, name, url };
      }
    }
  })();
  table.end(`a channel of type ${type}`);
  return settings;
}

function urlOf(table: TableReader): Secret | undefined {
  const line = table.lineOf('url');
  const url = table.word('url');
  const file = table.word('url_file');
  if (file !== undefined && url === undefined) return { file };
  if (url === undefined || file !== undefined) {
    return table.wrong(table.line, 'the channel needs either url or url_file');
  }
  if (!isUrl(url, ['http:', 'https:'])) return table.wrong(line, 'url is not an http or https address');
  return { value: url };
}

function mailOf(table: TableReader, name: string): ChannelSettings | undefined {
  const line = table.lineOf('relay');
  const relay = table.word('relay');
  const from = table.word('from');
  const to = table.words('to') ?? [];
  const user = table.word('user');
  const passwordFile = table.word('password_file');
  if (relay === undefined || !isUrl(relay, ['smtp:', 'smtps:'])) {
    return table.wrong(
      line,
      'relay is the server that takes the mail, such as "smtp://relay.example.net:587"',
    );
  }
  if (from === undefined || to.length === 0) {
    return table.wrong(table.line, 'a mail channel needs from, and to = ["somebody@example.net"]');
  }
  return { type: 'mail', name, relay, from, to, user, passwordFile };
}

function ruleOf(table: TableReader, channels: readonly string[]): AlertRule | undefined {
  const type = table.needed('type', RULE_TYPES, 'the rule');
  if (type === undefined) return undefined;
  const common = {
    name: table.word('name') ?? type,
    severity: table.oneOf('severity', SEVERITIES) ?? 'warning',
    for: table.duration('for') ?? HOLD[type],
    keep: table.duration('keep') ?? KEEP,
    repeat: table.duration('repeat') ?? REPEAT,
    channels: table.someOf('channels', channels) ?? channels,
  };
  const rule = conditionOf(type, common, table);
  table.end(`a rule of type ${type}`);
  return rule;
}

function conditionOf(
  type: RuleType,
  common: Pick<AlertRule, 'name' | 'severity' | 'for' | 'keep' | 'repeat' | 'channels'>,
  table: TableReader,
): AlertRule | undefined {
  const about = () => ({
    kind: table.oneOf('kind', KINDS),
    providers: table.someOf('providers', [...PROVIDERS, LOCAL]),
    causes: table.someOf('causes', [...CATALOGUE.keys()]),
  });
  switch (type) {
    case 'rate': {
      const { kind = 'all', ...others } = about();
      return {
        ...{ ...common, type, kind, ...others },
        least: table.number('least', 1, 1e9) ?? 10,
        attempts: table.number('attempts', 1, 1e9) ?? 100,
        deviations: table.number('deviations', 1, 100) ?? 4,
        factor: table.number('factor', 1, 1000) ?? 2,
        above: table.number('above', 0, 1),
      };
    }
    case 'new': {
      const { kind = 'hard', ...others } = about();
      return { ...common, type, kind, ...others, least: table.number('least', 1, 1e9) ?? 3 };
    }
    case 'listed':
      return { ...common, type, least: table.number('least', 1, 1e9) ?? 1 };
    case 'silence': {
      const line = table.lineOf('after');
      const after = table.duration('after');
      if (after === undefined || after < 10 * MINUTE || after > DAY) {
        return table.wrong(line, 'a rule of type silence needs after, from "10m" to "1d"');
      }
      return { ...common, type, after };
    }
    case 'queue': {
      const above = table.number('above', 0, 1e9);
      const oldest = table.duration('oldest');
      if (above === undefined && oldest === undefined) {
        return table.wrong(table.line, 'a rule of type queue needs above, oldest or both');
      }
      return { ...common, type, above, oldest };
    }
  }
}

function isUrl(text: string, protocols: readonly string[]): boolean {
  return URL.canParse(text) && protocols.includes(new URL(text).protocol);
}
