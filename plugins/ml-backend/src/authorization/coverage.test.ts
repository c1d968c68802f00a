import { mlPermissions } from '@ml-platform/plugin-ml-common';
import { GUARDED_ELSEWHERE, OPERATIONS } from '../__testUtils__/operations';
import { listRoutes } from '../audit/__testUtils__/listRoutes';

it('has every route in the table whose permissions are tried in every role', () => {
  const known = OPERATIONS.map(({ route }) => route);
  expect([...known, ...GUARDED_ELSEWHERE, 'GET /health'].sort()).toEqual(
    listRoutes().sort(),
  );
});

it('asks for permissions that there are', () => {
  const names: string[] = mlPermissions.map(({ name }) => name);
  const asked = OPERATIONS.map(({ permission }) => permission);
  expect(
    asked.filter(name => name !== 'open' && !names.includes(name)),
  ).toEqual([]);
});
