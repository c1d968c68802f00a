import { percentile } from './percentile';
import type { Rows } from './Predictions';

/** A range that holds the true value with a stated confidence. */
export interface Interval {
  low: number;
  high: number;
  confidence: number;
}

/**
 * The interval of a difference between two models on the same rows: paired
 * percentile bootstrap. Rows are drawn with replacement, the same for both
 * models, so that what makes a row hard does not count as a difference.
 * A draw whose difference cannot be computed is left out.
 *
 * Source: Efron, Tibshirani: An Introduction to the Bootstrap, 1993, chapter 13.
 */
export function pairedBootstrap(
  difference: (rows: Rows) => number,
  options: {
    rows: number;
    resamples: number;
    confidence: number;
    seed: number;
  },
): Interval {
  const { confidence, resamples, rows } = options;
  const next = seededRandom(options.seed);
  const drawn = new Uint32Array(rows);
  const differences: number[] = [];
  for (let round = 0; round < resamples; round += 1) {
    for (let at = 0; at < rows; at += 1) drawn[at] = Math.floor(next() * rows);
    const found = difference(drawn);
    if (!Number.isNaN(found)) differences.push(found);
  }
  const tail = (1 - confidence) / 2;
  return {
    low: percentile(differences, tail),
    high: percentile(differences, 1 - tail),
    confidence,
  };
}

/**
 * Numbers from 0 up to 1 that follow from a seed, the same on every machine:
 * SplitMix32, the 32-bit form of the generator below.
 *
 * Source: Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators,
 * OOPSLA 2014.
 */
export function seededRandom(seed: number): () => number {
  let state = Math.floor(seed) % 2 ** 32;
  return () => {
    state = (state + 0x9e3779b9) % 2 ** 32;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
