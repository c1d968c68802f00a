/** Versions that are reached from a root, each with its number of steps. */
export interface Reach {
  depths: Map<string, number>;
  /** There is something more than so many steps away. */
  isDeeper: boolean;
}

/**
 * Follows edges from the root over versions that may be passed through, so that
 * nothing that lies behind a hidden one is reached.
 */
export function reach(options: {
  root: string;
  depth: number;
  next: (key: string) => string[];
  /** Whether the edges of the version may be followed. */
  mayPass: (key: string) => boolean;
}): Reach {
  const { depth, mayPass, next, root } = options;
  const depths = new Map([[root, 0]]);
  let isDeeper = false;
  // A map gives what is added to it while it is read.
  for (const [key, at] of depths) {
    if (!mayPass(key)) continue;
    for (const other of next(key)) {
      if (depths.has(other)) continue;
      if (at === depth) isDeeper = true;
      else depths.set(other, at + 1);
    }
  }
  return { depths, isDeeper };
}
