import type { ServerProcess } from './ServerProcess';

/** What callers got, by status; 0 where there was no answer. */
export type Statuses = Record<number, number>;

/** Calls all the time, several at once, until it is stopped. */
export function startTraffic(
  server: () => ServerProcess,
  body: unknown,
  options: {
    callers?: number;
    path?: string;
    headers?: () => Record<string, string>;
  } = {},
) {
  const { callers = 10, headers, path = 'test' } = options;
  let on = true;
  const statuses: Statuses = {};
  const call = async () => {
    while (on) {
      const answer = await server()
        .infer(path, body, headers?.())
        .catch(() => undefined);
      const code = answer?.status ?? 0;
      statuses[code] = (statuses[code] ?? 0) + 1;
    }
  };
  const calls = Array.from({ length: callers }, call);
  return {
    statuses,
    stop: async (): Promise<Statuses> => {
      on = false;
      await Promise.all(calls);
      return statuses;
    },
  };
}
