/** Words as a shell takes them. */
export function quoteCommand(words: readonly string[]): string {
  return words.map(quote).join(' ');
}

/** One word as a shell takes it. */
export function quote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replace(/'/g, `'\\''`)}'`;
}
