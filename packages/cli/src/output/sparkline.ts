const BARS = '▁▂▃▄▅▆▇█';

/**
 * Numbers as a line of bars, the newest last; a gap where there is none.
 *
 * @param most - what a full bar stands for; the highest number when absent
 */
export function sparkline(
  values: ReadonlyArray<number | undefined>,
  { most, width }: { most?: number; width: number },
): string {
  const shown = values.slice(-width);
  const top = most ?? Math.max(...shown.map(value => value ?? 0));
  return shown
    .map(value => {
      if (value === undefined || Number.isNaN(value)) return ' ';
      if (top <= 0) return BARS[0];
      const share = Math.min(Math.max(value / top, 0), 1);
      return BARS[Math.round(share * (BARS.length - 1))];
    })
    .join('');
}
