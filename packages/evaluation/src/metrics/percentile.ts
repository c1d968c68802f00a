/**
 * The value below which a share of the values lies, between two neighbours in
 * proportion (as NumPy's default does). Not a number when there is none.
 *
 * @param share - from 0 to 1
 */
export function percentile(values: ArrayLike<number>, share: number): number {
  if (!values.length) return NaN;
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}
