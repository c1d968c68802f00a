import {
  formatByteSize,
  formatExactDuration,
  parseByteSize,
  parseExactDuration,
  type PolicyUnit,
} from '@ml-platform/plugin-ml-common';

/** A number with its unit, so that reading it gives the same again. */
export function unitText(value: number, unit: PolicyUnit): string {
  switch (unit) {
    case 'duration':
      return formatExactDuration(value);
    case 'bytes': {
      const text = formatByteSize(value);
      return parseByteSize(text) === value ? text : `${value} B`;
    }
    case 'share':
      // 0.07 * 100 is a little more than 7.
      return `${Number((value * 100).toPrecision(12))} %`;
    case 'percent':
      return `${value} %`;
    default:
      return String(value);
  }
}

/** What was written into a field; undefined when it is none. */
export function readUnit(text: string, unit: PolicyUnit): number | undefined {
  if (unit === 'duration') return parseExactDuration(text);
  if (unit === 'bytes') return parseByteSize(text);
  const match = /^\s*(\d+(?:\.\d+)?)\s*(%?)\s*$/.exec(text);
  if (!match || (match[2] && unit === 'count')) return undefined;
  const amount = Number(match[1]);
  return unit === 'share' ? Number((amount / 100).toPrecision(12)) : amount;
}
