/**
 * Completion scripts. They hold all words themselves: a shell that asks the program at every key would wait for it.
 * What has no words of its own is completed with the names of files.
 */
import type { Manual, ManualCommand, ManualOption } from './manual.ts';

/** Shells that a script can be had for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** The script that a shell is to read at its start. */
export function completionScript(shell: Shell, manual: Manual): string {
  return { bash, zsh, fish }[shell](manual);
}

const names = (options: readonly ManualOption[]): string[] =>
  options.flatMap(({ name, letter }) => [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])]);

/** bash takes `--color=al` apart at the `=`: the word before the value is then that. */
function bash({ commands, everywhere }: Manual): string {
  const patternOf = (command: string, options: readonly ManualOption[]): string =>
    names(options)
      .map((name) => `${command}:${name}`)
      .join(' | ');
  const values = (command: string, options: readonly ManualOption[]): string[] => {
    const files = options.filter(({ takesValue, words }) => takesValue && words.length === 0);
    return [
      ...options
        .filter(({ words }) => words.length > 0)
        .map((option) => `${patternOf(command, [option])}) words=${quoted(option.words.join(' '))} ;;`),
      ...(files.length > 0 ? [`${patternOf(command, files)}) return ;;`] : []),
    ];
  };
  const operands = ({ name, options, words }: ManualCommand): string =>
    `${name}) options=${quoted(names(options).join(' '))} words=${quoted(words.join(' '))} ;;`;
  const list = commands.map(({ name }) => name);
  return `# bash completion for whybounce
_whybounce() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' options='' words='' word
  COMPREPLY=()
  [[ $current == '=' ]] && current=''
  [[ $previous == '=' ]] && previous=\${COMP_WORDS[COMP_CWORD - 2]}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    ${list.join(' | ')}) command=$word && break ;;
    esac
  done
  case $command in
  '') words=${quoted(list.join(' '))} ;;
  ${commands.map(operands).join('\n  ')}
  esac
  [[ $current == -* ]] && words="$options ${names(everywhere).join(' ')}"
  case $command:$previous in
  ${[...commands.flatMap(({ name, options }) => values(name, options)), ...values('*', everywhere)].join('\n  ')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o bashdefault -o default -F _whybounce whybounce
`;
}

function zsh({ commands, everywhere }: Manual): string {
  const specification = ({ name, letter, describe, takesValue, words }: ManualOption): string => {
    const about = `[${describe.replace(/[[\]\\:]/g, '\\$&')}]`;
    const value = takesValue ? `:${name}:${words.length > 0 ? `(${words.join(' ')})` : '_files'}` : '';
    return letter === undefined
      ? quoted(`*--${name}${takesValue ? '=' : ''}${about}${value}`)
      : `{-${letter},--${name}${takesValue ? '=' : ''}}${quoted(about + value)}`;
  };
  const command = ({ name, options, words, takesFiles }: ManualCommand): string => {
    const operands = [
      ...(words.length > 0 ? [`(${words.join(' ')})`] : []),
      ...(takesFiles ? ['_files'] : []),
    ];
    const action =
      operands.length === 2
        ? `{_alternative "words:word:${operands[0]}" "files:file:_files"}`
        : (operands[0] ?? ' ');
    return `    ${name})
      _arguments -S \\
        ${[...options, ...everywhere].map(specification).join(' \\\n        ')} \\
        ${quoted(`*:operand:${action}`)}
      ;;`;
  };
  return `#compdef whybounce
# zsh completion for whybounce
_whybounce() {
  local curcontext=$curcontext state line
  _arguments -C \\
    ${everywhere.map(specification).join(' \\\n    ')} \\
    '1:command:->command' \\
    '*::operand:->operands' && return
  if [[ $state == command ]]; then
    local -a commands=(
${commands.map(({ name, summary }) => `      ${quoted(`${name}:${summary}`)}`).join('\n')}
    )
    _describe command commands
    return
  fi
  case $words[1] in
${commands.map(command).join('\n')}
  esac
}
if [[ $funcstack[1] == _whybounce ]]; then _whybounce "$@"; else compdef _whybounce whybounce; fi
`;
}

function fish({ commands, everywhere }: Manual): string {
  const option = (condition: string, { name, letter, describe, takesValue, words }: ManualOption): string =>
    [
      `complete -c whybounce${condition} -l ${name}`,
      letter === undefined ? '' : ` -s ${letter}`,
      takesValue ? (words.length > 0 ? ` -x -a ${fishQuoted(words.join(' '))}` : ' -r -F') : '',
      ` -d ${fishQuoted(describe)}`,
    ].join('');
  const command = ({ name, summary, options, words, takesFiles }: ManualCommand): string[] => {
    const within = ` -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c whybounce -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(summary)}`,
      ...options.map((each) => option(within, each)),
      ...(words.length > 0 ? [`complete -c whybounce${within} -a ${fishQuoted(words.join(' '))}`] : []),
      ...(takesFiles ? [] : [`complete -c whybounce${within} -f`]),
    ];
  };
  return `# fish completion for whybounce
${[...commands.flatMap(command), ...everywhere.map((each) => option('', each))].join('\n')}
`;
}

/** A word of a POSIX shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A word of fish, where a backslash means something between single quotes too. */
function fishQuoted(text: string): string {
  return `'${text.replace(/['\\]/g, '\\$&')}'`;
}
