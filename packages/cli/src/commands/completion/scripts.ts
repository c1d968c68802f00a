const BASH = `# Completion of ml for bash
_ml() {
  # bash splits words at @ and :, ml does not
  local line="\${COMP_LINE:0:COMP_POINT}"
  local word="\${line##* }" before="\${line% *}" words
  local IFS=' '
  read -r -a words <<< "$before"
  words=("\${words[@]:1}")
  IFS=$'\\n'
  local prefix="\${word%"\${word##*[@:=]}"}"
  COMPREPLY=()
  local candidate
  while read -r candidate; do
    [[ -n "$candidate" ]] && COMPREPLY+=("\${candidate#"$prefix"}")
  done < <(ml __complete -- "\${words[@]}" "$word" 2>/dev/null)
  [[ \${#COMPREPLY[@]} -eq 1 && "\${COMPREPLY[0]}" == *@ ]] && compopt -o nospace
}
complete -o default -F _ml ml`;

const ZSH = `#compdef ml
# Completion of ml for zsh
_ml() {
  local -a candidates
  candidates=("\${(@f)$(ml __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n "\${candidates[1]}" ]]; then
    # No space behind model@, where the version follows
    compadd -S '' -- "\${(@M)candidates:#*@}"
    compadd -- "\${(@)candidates:#*@}"
  else
    _files
  fi
}
compdef _ml ml`;

const FISH = `# Completion of ml for fish
function __ml_complete
  set -l words (commandline -opc) (commandline -ct)
  ml __complete -- $words[2..-1] 2>/dev/null
end
complete -c ml -a '(__ml_complete)'`;

const SCRIPTS: Record<string, string> = { bash: BASH, zsh: ZSH, fish: FISH };

/** The completion script of a shell. All of them ask `ml __complete`. */
export function completionScript(shell: string): string {
  return SCRIPTS[shell];
}
