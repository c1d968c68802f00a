import { diffPolicies } from './diffPolicies';
import { POLICY_PLACES, sayDifference } from './policyWords';

const said = (before: object, after: object) =>
  diffPolicies(before, after).map(sayDifference);

it('says numbers with their units', () => {
  expect(
    said(
      {
        quotas: { stagingDeploymentsPerTeam: 5 },
        canary: { judge: { alpha: 0.01 }, maxStepMs: 86_400_000 },
        artifacts: { maxArtifactBytes: 1024 ** 3 },
      },
      {
        quotas: { stagingDeploymentsPerTeam: 1200 },
        canary: { judge: { alpha: 0.07 }, maxStepMs: 5_400_000 },
        artifacts: { maxArtifactBytes: 2 * 1024 ** 3 },
      },
    ),
  ).toEqual([
    'Models of one team live in staging: 5 → 1,200',
    'Rate of false alarms: 1 % → 7 %',
    'Longest step: 1 d → 1 h 30 min',
    'Largest artifact: 1 GiB → 2 GiB',
  ]);
});

it('says choices and people by their names', () => {
  expect(
    said(
      {
        releases: { productionStrategy: 'canary' },
        signatures: { requiredForProduction: false },
        evaluation: { requiredFor: ['production'] },
        roles: { 'ml-viewer': ['user:default/vera', 'group:ops/night'] },
      },
      {
        releases: { productionStrategy: 'blueGreen' },
        signatures: { requiredForProduction: true },
        evaluation: { requiredFor: ['production', 'staging'] },
        roles: { 'ml-viewer': ['group:ops/night', 'group:default/apps'] },
      },
    ),
  ).toEqual([
    'Way into production: Canary → Blue-green',
    'Production takes signed versions only: no → yes',
    'Take versions only that passed their evaluation: + staging',
    'Viewers: + group apps, − user vera',
  ]);
});

it('says the steps of a canary as one plan', () => {
  expect(
    said(
      { canary: { steps: [{ weight: 100, holdMs: 5000 }] } },
      {
        canary: {
          steps: [
            { weight: 5, holdMs: 600_000 },
            { weight: 100, holdMs: 5000 },
          ],
        },
      },
    ),
  ).toEqual(['Steps: 100 % for 5 s → 5 % for 10 min, 100 % for 5 s']);
});

it('says freezes: why, where, for whom and when', () => {
  const weekend = {
    reason: 'Nobody is there',
    environments: ['production'],
    teams: ['group:default/quality-team'],
    weekly: { from: 'fri 16:00', to: 'mon 08:00', timeZone: 'Europe/Berlin' },
  };
  const yearEnd = {
    reason: 'Year end',
    from: '2026-12-20T00:00:00Z',
    to: '2027-01-02T01:00:00+01:00',
  };
  expect(said({ freezes: [weekend] }, { freezes: [yearEnd] })).toEqual([
    'Freezes: + “Year end” (everywhere, 20 Dec 2026, 00:00 UTC – 2 Jan 2027, 00:00 UTC), − “Nobody is there” (production for group quality-team, each week, Fri 16:00 – Mon 08:00 (Europe/Berlin))',
  ]);
});

it('says what an alias needs', () => {
  expect(
    said(
      { aliases: { evidence: {} } },
      { aliases: { evidence: { champion: ['signed', 'live-in-staging'] } } },
    ),
  ).toEqual(['Alias champion needs: nothing → signed, live-in-staging']);
});

it('keeps a path that it does not know', () => {
  expect(said({ new: { thing: 1 } }, { new: { thing: 2 } })).toEqual([
    'new.thing: 1 → 2',
  ]);
  expect(POLICY_PLACES['new.thing']).toBeUndefined();
});
