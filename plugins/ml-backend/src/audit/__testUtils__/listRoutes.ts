import { createRouter, type RouterOptions } from '../../http/createRouter';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** What stands for every service while routes are only listed. */
const anything: unknown = new Proxy(() => {}, {
  get: (_target, key) =>
    key === Symbol.toPrimitive ? () => 'anything' : anything,
});

/** Every route of the REST API, as `GET /models/:model`. */
export function listRoutes(): string[] {
  const router = createRouter(anything as RouterOptions);
  const list = (stack: Layer[]): string[] =>
    stack.flatMap(({ handle, route }) =>
      route
        ? Object.keys(route.methods).map(
            method => `${method.toUpperCase()} ${route.path}`,
          )
        : list(handle?.stack ?? []),
    );
  return list((router as unknown as { stack: Layer[] }).stack);
}
