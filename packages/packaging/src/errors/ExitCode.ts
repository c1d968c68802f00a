/**
 * What the exit code of `ml` says. Part of its contract: scripts rely on it.
 * @public
 */
export const ExitCode = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  auth: 4,
  conflict: 5,
  gateRefused: 6,
  timeout: 7,
  pending: 8,
  differs: 9,
  degraded: 10,
  interrupted: 130,
} as const;

/** @public */
export type ExitStatus = (typeof ExitCode)[keyof typeof ExitCode];
