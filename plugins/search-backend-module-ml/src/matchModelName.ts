/** How well a name is what somebody typed: lower is better; undefined is not at all. */
export function matchModelName(
  term: string,
  names: ReadonlyArray<string | undefined>,
): number | undefined {
  const wanted = plain(term);
  if (!wanted) return undefined;
  const found = names
    .filter(name => name !== undefined)
    .map(plain)
    .filter(name => name.startsWith(wanted))
    .map(name => name.length - wanted.length);
  return found.length ? Math.min(...found) : undefined;
}

/** `Wine classifier`, `wine-classifier` and `wine_classifier` are the same to people. */
function plain(text: string): string {
  return text.toLocaleLowerCase('en-US').replace(/[\s_-]+/g, '-');
}
