/** What belongs to the manual besides the commands: exit codes, environment and files. */

type Table = readonly (readonly [name: string, meaning: string])[];

/** Exit codes. */
export const EXIT_CODES: Table = [
  ['0', 'fine'],
  ['1', 'findings at or above a threshold'],
  ['2', 'usage or configuration error'],
  ['3', 'the input cannot be read, or nothing in it was recognised'],
  ['4', 'the result is unknown: an error that nobody foresaw'],
  ['5', 'the store is not available, or refuses what is asked'],
  ['130, 143', 'interrupted, terminated; what had been found by then was printed'],
];

/** Variables of the environment. */
export const ENVIRONMENT: Table = [
  ['NO_COLOR', 'No colours, whatever the terminal can show.'],
  ['FORCE_COLOR', 'Colours, even into a file; 0 for none.'],
  ['COLUMNS', 'Width of texts that do not go to a terminal (80 if it is not set).'],
  ['LC_ALL, LC_CTYPE, LANG', 'Without UTF-8 in the first of them that is set, lines are drawn in ASCII.'],
  ['TZ', 'Zone of days, and of log lines that name none, unless --tz or the log says otherwise.'],
  ['WHYBOUNCE_STORE_PASSWORD', 'Password of a ClickHouse server.'],
  ['WHYBOUNCE_STORE_PASSWORD_FILE', 'File that holds that password.'],
  ['WHYBOUNCE_ANONYMIZE_KEY', 'Key of the hashes of `--anonymize hash`.'],
  ['WHYBOUNCE_ANONYMIZE_KEY_FILE', 'File that holds that key.'],
];

/** Files that are read without being named. */
export const FILES: Table = [
  ['/etc/whybounce/rules.d/*.toml', 'Rules of your own, tried before the built-in ones.'],
];
