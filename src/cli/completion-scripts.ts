/** Scripts for shells: each asks `mostik __complete` at every key, so that they never grow old. */
export const completionScripts = {
  bash: `# bash completion for mostik. Load it with: source <(mostik completion bash)
_mostik() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" kind="" line
  [[ "$cur" == "=" || "$cur" == ":" ]] && cur=""
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ -z "$kind" ]]; then kind="$line"; else COMPREPLY+=("$line"); fi
  done < <("\${1/#\\~/$HOME}" __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case "$kind" in
    files)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$cur")
      ;;
    folders)
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$cur")
      ;;
  esac
}
complete -F _mostik mostik
`,
  zsh: `#compdef mostik
# zsh completion for mostik. Load it with: source <(mostik completion zsh)
_mostik() {
  local -a offered
  local kind
  offered=("\${(@f)$("\${(e)words[1]/#\\~/$HOME}" __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  kind="\${offered[1]}"
  shift offered
  [[ "$PREFIX" == --*=* ]] && compset -P '*='
  case "$kind" in
    files) _files ;;
    folders) _files -/ ;;
    words) (( \${#offered} )) && _describe -V mostik offered ;;
  esac
}
if [[ "\${funcstack[1]}" == "_mostik" ]]; then _mostik "$@"; else compdef _mostik mostik; fi
`,
} as const;
