import { GrpcClient } from './GrpcClient';
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
  return callAllTheTime(callers, async () => {
    const answer = await server()
      .infer(path, body, headers?.())
      .catch(() => undefined);
    return answer?.status ?? 0;
  });
}

/** The same over gRPC, on a connection for each caller; what they got, by code. */
export function startGrpcTraffic(
  address: string,
  message: object,
  { callers = 4 } = {},
) {
  const clients = Array.from(
    { length: callers },
    () => new GrpcClient(address),
  );
  let next = 0;
  const calls = callAllTheTime(callers, async () => {
    next += 1;
    const { code, details } = await clients[next % callers].infer(message);
    return code === 'OK' ? code : `${code}: ${details}`;
  });
  return {
    ...calls,
    stop: async () => {
      const results = await calls.stop();
      for (const client of clients) client.close();
      return results;
    },
  };
}

function callAllTheTime<Result extends string | number>(
  callers: number,
  call: () => Promise<Result>,
) {
  let on = true;
  const statuses = {} as Record<Result, number>;
  const calls = Array.from({ length: callers }, async () => {
    while (on) {
      const result = await call();
      statuses[result] = (statuses[result] ?? 0) + 1;
    }
  });
  return {
    statuses,
    stop: async () => {
      on = false;
      await Promise.all(calls);
      return statuses;
    },
  };
}
