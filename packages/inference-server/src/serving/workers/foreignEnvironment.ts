import { dirname, delimiter } from 'node:path';

/**
 * All that a foreign process gets to see of the server's environment: where
 * programs are. Everything else might be a secret.
 */
export function foreignEnvironment(options: {
  home: string;
  threads: number;
  more?: Record<string, string>;
}): Record<string, string> {
  const { home, more, threads } = options;
  const path = [process.env.PATH ?? '/usr/bin:/bin', dirname(process.execPath)];
  return {
    PATH: path.join(delimiter),
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    // Libraries that compute would take all cores otherwise.
    ...Object.fromEntries(
      ['OMP', 'OPENBLAS', 'MKL', 'NUMEXPR', 'BLIS'].map(library => [
        `${library}_NUM_THREADS`,
        String(threads),
      ]),
    ),
    ...more,
  };
}
