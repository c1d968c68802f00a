import type { Datatype } from '@ml-platform/plugin-ml-common';
import { exactInteger } from '../protocol/parseJson';

/** An output as an answer carries it, its data flat. */
export interface OutputTensor {
  name: string;
  datatype: Datatype;
  shape: number[];
  data: unknown[];
}

export interface OutputDifference {
  elements: number;
  differing: number;
  maxDifference?: number;
}

const FLOATING = ['FP16', 'FP32', 'FP64'];

/** How a version's outputs differ from the live version's; by name of the output. */
export function compareOutputs(
  live: OutputTensor[],
  shadow: OutputTensor[],
  tolerance: number,
): Record<string, OutputDifference> {
  const differences: Record<string, OutputDifference> = {};
  for (const expected of live) {
    const found = shadow.find(({ name }) => name === expected.name);
    differences[expected.name] = found
      ? compareTensor(expected, found, tolerance)
      : allDiffer(expected);
  }
  return differences;
}

function compareTensor(
  live: OutputTensor,
  shadow: OutputTensor,
  tolerance: number,
): OutputDifference {
  if (live.data.length !== shadow.data.length) return allDiffer(live);
  if (FLOATING.includes(live.datatype)) {
    return compareNumbers(live.data, shadow.data, tolerance);
  }
  const differing = live.data.filter(
    (value, i) => String(value) !== String(shadow.data[i]),
  );
  return { elements: live.data.length, differing: differing.length };
}

function compareNumbers(
  live: unknown[],
  shadow: unknown[],
  tolerance: number,
): OutputDifference {
  let differing = 0;
  let maxDifference = 0;
  live.forEach((value, i) => {
    const expected = toNumber(value);
    const found = toNumber(shadow[i]);
    if (Object.is(expected, found)) return;
    const difference = Math.abs(expected - found);
    const allowed = tolerance * Math.max(Math.abs(expected), Math.abs(found));
    // One that is no number, or infinite, differs without a size.
    if (!(difference <= allowed)) differing += 1;
    if (Number.isFinite(difference)) {
      maxDifference = Math.max(maxDifference, difference);
    }
  });
  return { elements: live.length, differing, maxDifference };
}

function allDiffer({ data }: OutputTensor): OutputDifference {
  return { elements: data.length, differing: data.length };
}

/** JSON has no NaN: it comes as null or text, and long integers come marked. */
function toNumber(value: unknown): number {
  if (value === null) return NaN;
  return Number(exactInteger(value) ?? value);
}
