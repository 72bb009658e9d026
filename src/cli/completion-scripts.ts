import {
  type CompletedCommand,
  type CompletedOption,
  type Completion,
  programOptions,
  type Shell,
} from './completion-model.ts';

/** The script of a shell; its user lets the shell read it. */
export const completionScripts: Readonly<
  Record<Shell, (commands: readonly CompletedCommand[]) => string>
> = { bash: writeBash, zsh: writeZsh, fish: writeFish };

const allNames = (options: readonly CompletedOption[]): string =>
  options.flatMap((o) => o.names).join(' ');

function writeBash(commands: readonly CompletedCommand[]): string {
  const names = commands.map((c) => c.name);
  return `# Completion of systole for bash: source <(systole completion bash)
_systole() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local command="" word at
  # bash cuts words at =, as in --option=value and KEY=VALUE.
  if [[ "$current" == "=" ]]; then current=""
  elif [[ "$previous" == "=" ]]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for ((at = 1; at < COMP_CWORD; at++)); do
    word="\${COMP_WORDS[at]}"
    case "$word" in
      ${names.join('|')}) command="$word"; break ;;
    esac
  done
  COMPREPLY=()
  case "$command" in
    "")
      case "$previous" in
${bashValues(programOptions, 8)}
      esac
      COMPREPLY=($(compgen -W "${[...names, 'help'].join(' ')} ${allNames(programOptions)}" -- "$current")) ;;
${commands.map(bashCommand).join('\n')}
  esac
}
complete -F _systole systole
`;
}

function bashCommand({ name, argument, options }: CompletedCommand): string {
  return `    ${name})
      case "$previous" in
${bashValues(options, 8)}
      esac
      if [[ "$current" == -* ]]; then
        COMPREPLY=($(compgen -W "${allNames(options)}" -- "$current"))
      else
${bashReply(argument ?? { words: [], files: false }, 8)}
      fi ;;`;
}

/** What follows an option that takes a value. */
function bashValues(options: readonly CompletedOption[], indent: number): string {
  const blanks = ' '.repeat(indent);
  return options
    .filter((o) => o.value)
    .map(({ names, value }) => {
      return `${blanks}${names.join('|')})\n${bashReply(value!, indent + 2)}\n${blanks}  return ;;`;
    })
    .join('\n');
}

function bashReply({ words, files, open }: Completion, indent: number): string {
  const blanks = ' '.repeat(indent);
  const lines = [':'];
  if (words.length > 0) {
    lines.push(`COMPREPLY=($(compgen -W "${words.join(' ')}" -- "$current"))`);
  }
  if (open) lines.push('compopt -o nospace');
  if (files) {
    lines.push('compopt -o filenames');
    lines.push('COMPREPLY+=($(IFS=$\'\\n\'; compgen -f -- "$current"))');
  }
  return lines
    .slice(lines.length > 1 ? 1 : 0)
    .map((line) => blanks + line)
    .join('\n');
}

/** Within single quotes, and within the brackets and colons of zsh. */
function quote(text: string): string {
  return text
    .replaceAll("'", "'\\''")
    .replaceAll('[', '(')
    .replaceAll(']', ')')
    .replaceAll(':', ' -');
}

function writeZsh(commands: readonly CompletedCommand[]): string {
  const list = commands.map((c) => `    '${c.name}:${quote(c.summary)}'`).join('\n');
  return `#compdef systole
# Completion of systole for zsh: source <(systole completion zsh)
_systole() {
  local -a commands
  commands=(
${list}
    'help:Show the help of a command.'
  )
  if (( CURRENT == 2 )); then
    _describe -t commands command commands
    _arguments ${programOptions.flatMap(zshOption).join(' ')}
    return
  fi
  local command="$words[2]"
  shift words
  (( CURRENT-- ))
  case "$command" in
${commands.map(zshCommand).join('\n')}
  esac
}
compdef _systole systole
`;
}

function zshCommand({ name, argument, options }: CompletedCommand): string {
  const specs = options.flatMap(zshOption);
  if (argument) specs.push(`'1:argument:${zshAction(argument)}'`);
  return `    ${name})\n      _arguments \\\n        ${specs.join(' \\\n        ')} ;;`;
}

function zshOption({ names, description, value }: CompletedOption): string[] {
  const repeatable = description.includes('repeatable') ? '*' : '';
  return names.map((name) => {
    const follows = value ? `:value:${zshAction(value)}` : '';
    return `'${repeatable}${name}[${quote(description)}]${follows}'`;
  });
}

function zshAction({ words, files }: Completion): string {
  if (files && words.length > 0) {
    return `{ compadd -- ${words.join(' ')}; _files }`;
  }
  if (files) return '_files';
  return words.length === 0 ? ' ' : `(${words.join(' ')})`;
}

function writeFish(commands: readonly CompletedCommand[]): string {
  const lines = [
    '# Completion of systole for fish: systole completion fish | source',
    'complete -c systole -f',
    ...programOptions.map((o) => fishOption(o, '__fish_use_subcommand')),
  ];
  for (const { name, summary, argument, options } of commands) {
    const inside = `__fish_seen_subcommand_from ${name}`;
    lines.push(
      `complete -c systole -n __fish_use_subcommand -a ${name} -d '${fishQuote(summary)}'`,
    );
    if (argument) lines.push(`complete -c systole -n '${inside}' ${fishWords(argument)}`);
    lines.push(...options.map((o) => fishOption(o, `'${inside}'`)));
  }
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}

function fishOption({ names, description, value }: CompletedOption, condition: string): string {
  const flags = names.map((name) => {
    return name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`;
  });
  const follows = value ? ` -r ${fishWords(value)}` : '';
  return `complete -c systole -n ${condition} ${flags.join(' ')}${follows} -d '${fishQuote(description)}'`;
}

function fishWords({ words, files }: Completion): string {
  const list = words.length === 0 ? '' : ` -a '${words.join(' ')}'`;
  return `${files ? '-F' : '-f'}${list}`;
}

function fishQuote(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
}
