/** Completion scripts for bash, zsh and fish: thin shells around `xacct completion --list WORDS…`, which knows the commands. */

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

const BASH = `# xacct completion bash: eval "$(xacct completion bash)"
_xacct() {
  local IFS=$'\\n' line current
  # Words as a person sees them: bash itself splits at = and :
  line=\${COMP_LINE:0:COMP_POINT}
  current=\${COMP_WORDS[COMP_CWORD]}
  local -a words=()
  IFS=$' \\t\\n' read -r -a words <<<"$line"
  [[ $line == *' ' ]] && words+=('')
  local typed=\${words[\${#words[@]} - 1]}
  mapfile -t COMPREPLY < <(xacct completion --list -- "\${words[@]:1}" 2>/dev/null)
  if [[ \${COMPREPLY[0]-} == ':files' ]]; then
    COMPREPLY=()
    compopt -o default 2>/dev/null
    return
  fi
  # What bash took for an earlier word goes.
  local before=\${typed%"$current"}
  COMPREPLY=("\${COMPREPLY[@]#"$before"}")
  # A name with a space is one word.
  [[ \${COMPREPLY[*]} == *' '* ]] && mapfile -t COMPREPLY < <(printf '%q\\n' "\${COMPREPLY[@]}")
}
complete -F _xacct xacct
`;

const ZSH = `#compdef xacct
# xacct completion zsh: eval "$(xacct completion zsh)", after compinit
_xacct() {
  local -a found
  found=(\${(f)"$(xacct completion --list -- "\${(@)words[2,CURRENT]}" 2>/dev/null)"})
  if [[ $found[1] == ':files' ]]; then
    _files
  else
    compadd -- $found
  fi
}
if [[ $funcstack[1] == _xacct ]]; then
  _xacct "$@"
else
  compdef _xacct xacct
fi
`;

const FISH = `# xacct completion fish: xacct completion fish | source
function __xacct_complete
    set -l found (xacct completion --list -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)
    if test "$found[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c xacct -f -a '(__xacct_complete)'
`;

export const COMPLETION: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
