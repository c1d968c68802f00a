import { mlPermissions } from '@ml-platform/plugin-ml-common';
import { GUARDED_ELSEWHERE, OPERATIONS } from '../__testUtils__/operations';
import { createRouter, type RouterOptions } from '../http/createRouter';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
  handle?: { stack?: Layer[] };
}

/** What stands for every service while routes are only listed. */
const anything: unknown = new Proxy(() => {}, {
  get: (_target, key) =>
    key === Symbol.toPrimitive ? () => 'anything' : anything,
});

function listRoutes(stack: Layer[]): string[] {
  return stack.flatMap(({ handle, route }) =>
    route
      ? Object.keys(route.methods).map(
          method => `${method.toUpperCase()} ${route.path}`,
        )
      : listRoutes(handle?.stack ?? []),
  );
}

const routes = () =>
  listRoutes(
    (createRouter(anything as RouterOptions) as unknown as { stack: Layer[] })
      .stack,
  );

it('has every route in the table whose permissions are tried in every role', () => {
  const known = OPERATIONS.map(({ route }) => route);
  expect([...known, ...GUARDED_ELSEWHERE, 'GET /health'].sort()).toEqual(
    routes().sort(),
  );
});

it('asks for permissions that there are', () => {
  const names: string[] = mlPermissions.map(({ name }) => name);
  const asked = OPERATIONS.map(({ permission }) => permission);
  expect(
    asked.filter(name => name !== 'open' && !names.includes(name)),
  ).toEqual([]);
});
