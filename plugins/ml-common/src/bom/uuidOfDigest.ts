/**
 * A name-based UUID (version 5 by its bits) taken from a digest: the same
 * always gives the same.
 * @param digest - hexadecimal, with or without `sha256:` before it
 * @public
 */
export function uuidOfDigest(digest: string): string {
  const hex = digest.replace(/^sha256:/, '');
  const variant = '89ab'[parseInt(hex[16], 16) % 4];
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `5${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
