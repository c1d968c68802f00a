import { ConfigReader } from '@backstage/config';
import { readPolicies } from './readPolicies';

it('has quotas and a canary without any configuration, and nobody in a role', () => {
  const policies = readPolicies(new ConfigReader({}));
  expect(policies.quotas).toEqual({
    stagingDeploymentsPerTeam: 5,
    productionReleasesPerTeamPerDay: 10,
  });
  expect(policies.canary.steps.map(({ weight }) => weight)).toEqual([
    5, 25, 100,
  ]);
  expect(Object.values(policies.roles).flat()).toEqual([]);
});

it('reads what is configured', () => {
  const { quotas, roles } = readPolicies(
    new ConfigReader({
      ml: {
        quotas: { productionReleasesPerTeamPerDay: 3 },
        roles: { 'platform-admin': ['group:default/platform-team'] },
      },
    }),
  );
  expect(quotas.productionReleasesPerTeamPerDay).toBe(3);
  expect(roles['platform-admin']).toEqual(['group:default/platform-team']);
  expect(roles['ml-viewer']).toEqual([]);
});

it.each([
  [
    { quotas: { stagingDeploymentsPerTeam: -1 } },
    /^ml\.quotas\.stagingDeploymentsPerTeam: /,
  ],
  [{ roles: { admin: [] } }, /no role 'admin'.*ml-engineer/],
  [
    { roles: { 'platform-admin': ['platform-team'] } },
    /^ml\.roles\.platform-admin\.0: must be a user or group in full form/,
  ],
  [
    { roles: { 'ml-viewer': ['group:default/apps'] } },
    /platform-admin: must name somebody/,
  ],
])('says what is wrong in %j', (ml, message) => {
  expect(() => readPolicies(new ConfigReader({ ml }))).toThrow(message);
});
