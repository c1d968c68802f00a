import type { TensorSpec } from '@ml-platform/plugin-ml-common';

/** `1.2 kB`, `34.5 MB`: powers of 1000, as registries count. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || size >= 100 ? 0 : 1;
  return `${size.toFixed(digits)} ${units[unit]}`;
}

/** The first 12 hex digits, as container tools show them. */
export function shortDigest(digest: string): string {
  return digest.replace(/^sha256:/, '').slice(0, 12);
}

/** `[any, 13]`. */
export function formatShape(shape: TensorSpec['shape']): string {
  return `[${shape.map(size => (size === -1 ? 'any' : size)).join(', ')}]`;
}

/** `Active` for `active`. */
export function capitalised(text: string): string {
  return text.charAt(0).toLocaleUpperCase('en-US') + text.slice(1);
}

/** `1 model`, `2 models`. */
export function count(amount: number, singular: string, plural?: string) {
  return `${amount} ${amount === 1 ? singular : plural ?? `${singular}s`}`;
}
