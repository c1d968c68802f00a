const TIMEOUT = /^(\d{1,8})([HMSmun])$/;
/** Milliseconds of each unit. */
const UNIT: Record<string, number> = {
  ...{ H: 3_600_000, M: 60_000, S: 1_000 },
  ...{ m: 1, u: 1e-3, n: 1e-6 },
};
/** Timers know no more. */
const LONGEST_MS = 2 ** 31 - 1;

/** `grpc-timeout` in milliseconds; undefined when there is none that makes sense. */
export function timeoutMs(
  header: string | string[] | undefined,
): number | undefined {
  const [, count, unit] = TIMEOUT.exec(String(header ?? '')) ?? [];
  if (!count) return undefined;
  return Math.min(Math.ceil(Number(count) * UNIT[unit]), LONGEST_MS);
}

/** `grpc-message`: UTF-8, in which all but printable ASCII is written as `%XX`. */
export function encodeDetails(details: string): string {
  return details.replace(/[^\x20-\x24\x26-\x7e]+/g, text =>
    Array.from(
      Buffer.from(text),
      byte => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    ).join(''),
  );
}
