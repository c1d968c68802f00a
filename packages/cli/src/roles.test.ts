// The portal and its policy as they run, and not what they might answer.
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import {
  addModels,
  type Case,
  CASES,
  expected,
  modelFor,
  refusalIn,
  type Scope,
  SCOPES,
  tokenFor,
} from '../../../plugins/ml-backend/src/__testUtils__/roleMatrix';
import type { TestPlatform } from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
import { startWithRoles } from '../../../plugins/ml-backend/src/__testUtils__/startWithRoles';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(120_000);

const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const why = ['--reason', 'a test'];

type Guard = Parameters<typeof expected>[0];
const model = (permission: string): Guard => ({ about: 'model', permission });

const COMMANDS: [
  name: string,
  guard: Guard,
  args: (model: string) => string[],
][] = [
  ['models list', { about: 'list', permission: 'ml.model.read' }, () => []],
  [
    'audit search',
    { about: 'platform', permission: 'ml.audit.read' },
    () => [],
  ],
  ['models show', model('ml.model.read'), name => [name]],
  ['batch jobs list', model('ml.model.read'), name => [name]],
  [
    'versions deprecate',
    model('ml.version.manage'),
    name => [`${name}@1.0.0`, '--sunset', inDays(90), ...why],
  ],
  [
    'aliases set',
    model('ml.version.manage'),
    name => [name, 'champion', '1.0.0'],
  ],
  [
    'undeploy',
    model('ml.release.staging'),
    name => [name, '--env', 'staging', '--yes'],
  ],
  [
    'grants create',
    model('ml.grant.manage'),
    name => [
      ...['--to', 'user:default/luis', '--model', name],
      ...['--until', inDays(9), ...why],
    ],
  ],
];

describe('roles, through ml', () => {
  const databases = testDatabases();
  let ml: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    ml = await MlProcess.build();
    platform = await startWithRoles({
      knex: await databases.init('SQLITE_3'),
    });
    await addModels(platform);
  });
  afterAll(async () => {
    await platform?.stop();
    await ml?.dispose();
  });

  const run = (who: Case, args: string[]) =>
    ml.run(args, { env: { ML_URL: platform.url, ML_TOKEN: tokenFor(who) } });

  async function outcomeOf(
    { about }: Guard,
    who: Case,
    scope: Scope,
    args: string[],
  ) {
    const { code, stderr, stdout } = await run(who, args);
    const refusal = refusalIn(stderr.replaceAll(/\s+/g, ' '));
    // 4: refused for want of a right; 3: there is no such thing.
    const refusalCode = refusal === 'hidden' ? 3 : 4;
    return {
      scope,
      outcome: refusal ?? 'allowed',
      code: refusal ? code === refusalCode : code !== 4,
      leaks:
        about === 'list' &&
        who !== 'platform-admin' &&
        stdout.includes('of-others'),
      stderr,
    };
  }

  describe.each(CASES)('%s', who => {
    it.each(COMMANDS)('%s', async (name, guard, args) => {
      const scopes: readonly Scope[] =
        guard.about === 'model' ? SCOPES : ['own'];
      const found = await Promise.all(
        scopes.map(scope =>
          outcomeOf(guard, who, scope, [
            ...name.split(' '),
            ...args(modelFor(who, scope)),
          ]),
        ),
      );
      expect(found).toEqual(
        scopes.map((scope, index) => ({
          scope,
          outcome: expected(guard, who, scope),
          code: true,
          leaks: false,
          stderr: found[index].stderr,
        })),
      );
    });
  });
});
