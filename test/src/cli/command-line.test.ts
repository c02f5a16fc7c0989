import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { oneOf, wholeNumber } from '../../../src/cli/command.ts';
import { type Invocation, readCommandLine } from '../../../src/cli/command-line.ts';
import { COMMANDS } from '../../../src/cli/commands.ts';
import { errorLine, exitCodeOf, UsageError } from '../../../src/cli/errors.ts';
import { VERSION } from '../../../src/cli/version.ts';
import fc from '../../property.ts';

async function line(...words: string[]): Promise<Extract<Invocation, { kind: 'command' }>> {
  const found = await readCommandLine(words);
  if (found.kind !== 'command') throw new Error(`help: ${found.text}`);
  return found;
}

async function help(...words: string[]): Promise<string> {
  const found = await readCommandLine(words);
  return found.kind === 'help' ? found.text : '';
}

async function complaint(...words: string[]): Promise<string> {
  try {
    await readCommandLine(words);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect(exitCodeOf(error)).toBe(2);
    return errorLine(error);
  }
  return expect.unreachable();
}

describe('operands', () => {
  it('are kept whole, in order, and as they were written', async () => {
    const { operands } = await line('report', 'a', '--json', '-', '5.10', '1e3', '007', '--', '--b', '-c');
    expect(operands).toEqual(['a', '-', '5.10', '1e3', '007', '--b', '-c']);
  });

  it('may begin with a digit as replies do', async () => {
    expect((await line('explain', '550', '5.1.10', 'unknown')).operands).toEqual([
      '550',
      '5.1.10',
      'unknown',
    ]);
  });
});

describe('flags', () => {
  it('take values that look like flags', async () => {
    expect((await line('report', '--since', '-30m', 'f')).flags).toEqual({ since: '-30m' });
    expect((await line('report', '--since=-30m', 'f')).flags).toEqual({ since: '-30m' });
  });

  it('of the same name override each other', async () => {
    expect((await line('report', '--top', '3', '--top', '4', 'f')).flags).toEqual({ top: 4 });
  });

  it('that hold everywhere may stand before the command', async () => {
    const found = await line('--quiet', '--color', 'never', 'report', 'f');
    expect([found.quiet, found.colour, found.operands]).toEqual([true, 'never', ['f']]);
  });

  it.each([
    [['report', '--sicne', '1h'], 'unknown option --sicne; did you mean --since?'],
    [['report', '-x'], 'unknown option -x; the same command with --help lists them'],
    [['--jsn'], 'unknown option --jsn; the same command with --help lists them'],
    [['report', '--since'], '--since needs a value'],
    [['report', '--top', 'abc'], '--top "abc" is not a number that fits; give a whole number from 1 to 1000'],
    [['report', '--top', '0'], '--top "0" is not a number that fits; give a whole number from 1 to 1000'],
    [['report', '--top', '1e2'], '--top "1e2" is not a number that fits; give a whole number from 1 to 1000'],
    [['report', '--top', 'NaN'], '--top "NaN" is not a number that fits; give a whole number from 1 to 1000'],
    [['report', '--json=yes'], '--json takes no value; leave out "=yes"'],
    [['report', '--no-json'], 'unknown option --no-json; did you mean --json?'],
    [['report', '--color', 'pink'], '--color "pink" is not known; give auto, always or never'],
    [
      ['--json', 'report', 'mail.log'],
      '--json stands before its command; did you mean whybounce report --json mail.log?',
    ],
    [['--json', 'causes'], '--json stands before its command; did you mean whybounce causes --json?'],
    [['reprot'], 'unknown command "reprot"; did you mean report?'],
    [
      ['frobnicate'],
      'unknown command "frobnicate"; give report, events, trace, tail, load, store, query, suppress, explain, causes, alerts or completion',
    ],
    [
      ['/var/log/mail.log', '--json'],
      'unknown command "/var/log/mail.log"; did you mean whybounce report /var/log/mail.log --json?',
    ],
  ])('%j: %s', async (words, expected) => {
    expect(await complaint(...words)).toBe(`whybounce: ${expected}`);
  });
});

describe('any command line', () => {
  it('is understood or refused, and nothing else', async () => {
    const word = fc.oneof(
      fc.string(),
      fc.string().map((name) => `--${name}`),
      fc.stringMatching(/^-{0,3}[a-z_$0=.]{0,12}$/),
      fc.constantFrom('report', 'causes', '-', '--', '--since', '--json', '--_', '--constructor', '-$0'),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 6 }), async (words) => {
        try {
          const found = await readCommandLine(words);
          if (found.kind === 'command')
            for (const operand of found.operands) expect(words).toContain(operand);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('help', () => {
  it('lists the commands', async () => {
    const text = await help('--help');
    for (const name of Object.keys(COMMANDS)) expect(text).toContain(`whybounce ${name} `);
    expect(await readCommandLine([])).toMatchObject({ kind: 'help', asked: false });
  });

  it.each(Object.keys(COMMANDS))('of %s has two to five examples, which are understood', async (name) => {
    const text = await help(name, '--help');
    expect(text).toContain(`whybounce ${name}`);
    const { examples } = await COMMANDS[name]!.load();
    expect(examples.length).toBeGreaterThanOrEqual(2);
    expect(examples.length).toBeLessThanOrEqual(5);
    for (const [example] of examples) {
      expect(text).toContain(example);
      const own = example.replace(/^.*whybounce /, '').replace(/ [<>|].*$/, '');
      const words = [...own.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');
      expect((await line(...words)).kind).toBe('command');
    }
  });

  it.each(Object.keys(COMMANDS))('of %s describes every flag', async (name) => {
    const { flags, description } = await COMMANDS[name]!.load();
    expect(description).not.toBe('');
    for (const flag of Object.values(flags)) expect(flag.describe).toBeTruthy();
  });

  it('tells the version of package.json', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(VERSION).toBe(version);
    expect(await help('--version')).toBe(version);
  });
});

describe('checks', () => {
  it('take what they name', () => {
    expect(wholeNumber('--n', 0, 10)('10')).toBe(10);
    expect(oneOf('--x', ['a', 'b'])('b')).toBe('b');
  });
});

describe('errors', () => {
  it('become one line, whatever they hold', () => {
    expect(errorLine(new UsageError('a\nb\x1b[2J', 'c'))).toBe('whybounce: a\\x0ab\\x1b[2J; c');
  });

  it('that nobody foresaw leave the result unknown', () => {
    expect(exitCodeOf(new TypeError('x is undefined'))).toBe(4);
    expect(exitCodeOf('x')).toBe(4);
    expect(errorLine(new TypeError('x'))).toContain('--debug');
  });
});
