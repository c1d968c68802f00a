import { mlPermissions } from '../permissions/permissions';
import { ROLES } from './policies';
import { reachOf, ROLE_TABLE, rolesOf } from './roleTable';

it('says of every permission who has it', () => {
  expect(ROLE_TABLE.map(({ permission }) => permission)).toEqual(
    expect.arrayContaining(mlPermissions.map(({ name }) => name)),
  );
});

it('reaches for models only where a permission is about models', () => {
  const reaches = mlPermissions
    .filter(({ type }) => type === 'basic')
    .flatMap(({ name }) => ROLES.map(role => reachOf(name, [role])!.reach));
  expect(new Set(reaches)).toEqual(new Set(['all', 'none']));
});

it('lets an auditor read, look after the audit log, and never see a model', () => {
  const reached = mlPermissions.filter(
    ({ name }) => reachOf(name, ['data-access-auditor'])!.reach !== 'none',
  );
  const changing = reached.filter(
    ({ attributes }) => attributes.action !== 'read',
  );
  expect(changing.map(({ name }) => name)).toEqual(['ml.audit.manage']);
  expect(reached.filter(({ type }) => type === 'resource')).toEqual([]);
});

it('lets a viewer read only', () => {
  const changed = mlPermissions.filter(
    ({ attributes, name }) =>
      attributes.action !== 'read' &&
      reachOf(name, ['ml-viewer'])!.reach !== 'none',
  );
  expect(changed).toEqual([]);
});

it('takes the furthest of several roles, and nothing without one', () => {
  const name = 'ml.version.register';
  expect(reachOf(name, [])!.reach).toBe('none');
  expect(reachOf(name, ['ml-viewer', 'ml-engineer'])!.reach).toBe('own');
  expect(reachOf(name, ['ml-engineer', 'platform-admin'])!.reach).toBe('all');
  expect(reachOf('ml.unknown', ['platform-admin'])).toBeUndefined();
});

it('finds roles by any of the references that stand for somebody', () => {
  const members = {
    'ml-viewer': ['user:default/vera'],
    'ml-engineer': ['group:default/quality-team'],
    'platform-admin': ['group:default/platform-team'],
    'data-access-auditor': [],
  };
  expect(
    rolesOf(members, ['user:default/vera', 'group:default/quality-team']),
  ).toEqual(['ml-viewer', 'ml-engineer']);
  expect(rolesOf(members, ['user:default/nobody'])).toEqual([]);
});
