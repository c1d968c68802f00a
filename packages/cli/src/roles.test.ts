// The portal and its policy as they run, and not what they might answer.
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
/* eslint-disable @backstage/no-relative-monorepo-imports */
import { testDatabases } from '../../../plugins/ml-backend/src/__testUtils__/databases';
import { Front } from '../../../plugins/ml-backend/src/__testUtils__/Front';
import type { Ids } from '../../../plugins/ml-backend/src/__testUtils__/operations';
import { examplePackage } from '../../../plugins/ml-backend/src/__testUtils__/packages';
import {
  addModels,
  type Case,
  CASES,
  expected,
  modelFor,
  type Outcome,
  PEOPLE,
  refusalIn,
  type Scope,
  SCOPES,
  tokenFor,
} from '../../../plugins/ml-backend/src/__testUtils__/roleMatrix';
import type { TestPlatform } from '../../../plugins/ml-backend/src/__testUtils__/startPlatform';
import { startWithRoles } from '../../../plugins/ml-backend/src/__testUtils__/startWithRoles';
/* eslint-enable @backstage/no-relative-monorepo-imports */
import { MlServer } from './__testUtils__/MlServer';
import { createProgram } from './program';

jest.setTimeout(120_000);

interface Given {
  model: string;
  /** Of who types it. */
  team: string;
  ids: Ids;
  /** Folder with files that a command may be given. */
  folder: string;
}

type Guard = Parameters<typeof expected>[0];
type Args = (given: Given) => string[];

const inDays = (days: number) =>
  new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const why = ['--reason', 'because a test needs it'];
const staging = ['--env', 'staging'];
const NOBODYS = 'b0c7f0a8-7b7e-4b0a-8c0e-0d9a2b3c4d5e';

const model = (
  permission: string,
  args: Args = given => [given.model],
  rest: Partial<Guard> = {},
): [Guard, Args] => [{ about: 'model', permission, ...rest }, args];
const platform = (permission: string, args: Args = () => []): [Guard, Args] => [
  { about: 'platform', permission },
  args,
];
const onVersion =
  (...more: string[]): Args =>
  given =>
    [`${given.model}@1.0.0`, ...more];
const onModel =
  (...more: string[]): Args =>
  given =>
    [given.model, ...more];
const onRelease: Args = ({ ids }) => [ids.release];
const onApproval =
  (...more: string[]): Args =>
  ({ ids }) =>
    [ids.approval, ...more];

const manage = 'ml.version.manage';
const propose = 'ml.policy.propose';
const webhooks = 'ml.webhook.manage';
const audit = 'ml.audit.manage';
const decide = 'ml.approval.decide.platform';

/** Every command that changes something on the platform, and what that asks for. */
const CHANGING: Record<string, [Guard, Args]> = {
  register: model('ml.version.register', given => [
    join(given.folder, given.model),
  ]),
  sign: model('ml.artifact.push', ({ folder, model: name }) => [
    ...[`${name}@1.0.0`, '--key', join(folder, 'team.key')],
  ]),
  eval: model('ml.version.register', onVersion('--on-platform', '--no-wait')),
  deploy: model('ml.release.staging', onVersion(...staging, '--no-wait')),
  promote: model('ml.release.production', onModel('--no-wait')),
  rollback: model(
    'ml.release.rollback',
    onModel(...staging, '--to', '1.0.0', '--yes', '--no-wait'),
  ),
  undeploy: model('ml.release.staging', onModel(...staging, '--yes')),
  'experiments start': model(
    'ml.release.staging',
    onModel('price', ...staging, '--arm', 'a=1.0.0:1', '--arm', 'b=1.0.0:1'),
  ),
  'experiments set': model(
    'ml.release.staging',
    onModel(...staging, '--arm', 'a=1.0.0:1', '--arm', 'b=1.0.0:2'),
  ),
  'experiments stop': model('ml.release.staging', onModel(...staging, '--yes')),
  'batch run': model('ml.prediction.try', ({ folder, model: name }) => [
    ...[name, ...staging, '--on-platform', '--no-wait'],
    ...['--input', join(folder, 'rows.csv')],
    ...['--output', join(folder, 'answers.csv')],
  ]),
  'batch jobs cancel': platform('open', () => [NOBODYS]),
  'models create': platform('ml.model.create', () => [
    ...['a-new-one', '--owner', 'group:default/quality-team'],
    ...['--description', 'A model that is to come'],
  ]),
  'versions publish': model(manage, onVersion()),
  'versions deprecate': model(
    manage,
    onVersion('--sunset', inDays(90), ...why),
  ),
  'versions undeprecate': model(manage, onVersion()),
  'versions delete': model('ml.version.delete', onVersion(...why, '--yes')),
  'releases except': model(
    'ml.release.override',
    onVersion('--rule', 'skip-canary', ...why),
  ),
  'releases pause': model('ml.release.staging', onRelease),
  'releases resume': model('ml.release.staging', onRelease),
  'releases abort': model('ml.release.rollback', onRelease),
  'releases promote': model('ml.release.override', onRelease),
  'aliases set': model(manage, onModel('champion', '1.0.0')),
  'aliases remove': model(manage, onModel('champion')),
  'aliases policy': model(manage, onModel('champion', '--clear')),
  'approvals approve': model(decide, onApproval('--yes'), { blind: 'hidden' }),
  'approvals deny': model(decide, onApproval('--yes'), { blind: 'hidden' }),
  'approvals break-glass': model(
    'ml.approval.break-glass',
    onApproval('--yes', ...why),
    { blind: 'hidden' },
  ),
  'approvals review': model(decide, onApproval('--verdict', 'justified'), {
    blind: 'hidden',
  }),
  // Whoever sees it is told that only who asked for it can.
  'approvals withdraw': model('ml.model.read', onApproval('--yes'), {
    blind: 'hidden',
  }),
  'service-accounts create': platform(
    'ml.service-account.manage',
    ({ team }) => [
      ...['bot', '--team', `group:default/${team}-team`],
      ...['--description', 'A bot'],
      ...['--can', 'predict', '--model', `of-${team}`],
    ],
  ),
  'service-accounts token': platform('open', () => ['health/nobody']),
  'service-accounts revoke': platform('open', () => [
    ...['health/nobody', '--yes', ...why],
  ]),
  'certs request': platform('open', ({ folder }) => [
    ...['health/nobody', '--out', join(folder, 'certificate')],
  ]),
  'grants create': model('ml.grant.manage', given => [
    ...['--to', 'user:default/luis', '--model', given.model],
    ...['--until', inDays(9), ...why],
  ]),
  'grants revoke': platform('open', () => [NOBODYS]),
  'policy set': platform(propose, () => [
    ...['quotas.stagingDeploymentsPerTeam=50', ...why, '--yes'],
  ]),
  'policy apply': platform(propose, ({ folder }) => [
    ...['-f', join(folder, 'policy.yaml'), ...why, '--yes'],
  ]),
  'policy reset': platform(propose, () => ['quotas', ...why, '--yes']),
  'freezes add': platform(propose, () => [
    ...['--from', `${inDays(9)}T00:00:00Z`, '--to', `${inDays(10)}T00:00:00Z`],
    ...[...why, '--yes'],
  ]),
  'freezes remove': platform(propose, () => ['1', ...why, '--yes']),
  'limits request': model(
    manage,
    onModel('--size', '12GiB', '--until', inDays(9), ...why),
  ),
  // There is none, which whoever sees the model is told.
  'limits revoke': model('ml.model.read', onModel('--yes')),
  'retention set': model(manage, onModel('--newest', '10')),
  'retention propose': model('ml.version.delete'),
  'retention clear': model(manage, onModel('--yes')),
  'gitops sync': [{ about: 'list', permission: 'ml.model.read' }, () => []],
  // What it releases is asked for as `deploy` asks; there is nothing to release.
  'gitops apply': model('ml.model.read', onModel(...staging)),
  'webhooks add': platform(webhooks, () => ['http://127.0.0.1:9/hook']),
  'webhooks test': platform(webhooks, () => [NOBODYS, '--timeout', '1s']),
  'webhooks replay': platform(webhooks, () => [NOBODYS, NOBODYS]),
  'webhooks pause': platform(webhooks, () => [NOBODYS]),
  'webhooks resume': platform(webhooks, () => [NOBODYS]),
  'webhooks remove': platform(webhooks, () => [NOBODYS, '--yes']),
  'audit close-alert': platform(audit, () => [NOBODYS, '--comment', 'a test']),
  'audit verify': platform('ml.audit.read'),
  'audit holds place': platform(audit, () => why),
  'audit holds release': platform(audit, () => [NOBODYS, ...why]),
  'audit dispose': platform(audit, () => ['2020-01', ...why]),
};

/** Commands that only read, with those whose answer depends on the role. */
const READING: Record<string, [Guard, Args]> = {
  'models list': [{ about: 'list', permission: 'ml.model.read' }, () => []],
  'models show': model('ml.model.read'),
  'batch jobs list': model('ml.model.read'),
  'access review': platform('ml.access.review', () => [
    ...['--from', inDays(-30), '--to', inDays(1)],
  ]),
  'audit search': platform('ml.audit.read'),
  'audit status': platform('ml.audit.read'),
  'audit segments': platform('ml.audit.read'),
  'audit holds list': platform('ml.audit.read'),
};

/** Commands that change nothing on the platform; routes that only read have a table of their own. */
const HARMLESS = [
  // On this machine alone.
  ...['login', 'logout', 'init', 'package', 'validate', 'check', 'help'],
  ...['data validate', 'data infer', 'keys generate', 'open', 'completion'],
  ...['doctor', '__complete', 'gitops credential'],
  // Proved by a token of CI or a certificate, and not by a role.
  ...['service-accounts exchange', 'certs renew'],
  // Reading.
  ...['whoami', 'verify', 'export', 'status', 'traffic', 'predict'],
  ...['experiments list', 'batch jobs show', 'batch jobs download'],
  ...['versions list', 'versions search', 'versions show', 'versions compare'],
  ...['versions bom', 'lineage', 'reproduce', 'releases list'],
  ...['releases show', 'releases watch', 'releases stats', 'aliases list'],
  ...['aliases history', 'aliases evidence', 'aliases check'],
  ...['approvals list', 'approvals show', 'service-accounts list'],
  ...['service-accounts show', 'grants list', 'policy show', 'policy history'],
  ...['policy diff', 'freezes list', 'limits show', 'retention show'],
  ...['retention preview', 'gitops status', 'gitops diff', 'gitops log'],
  ...['webhooks list', 'webhooks show', 'webhooks deliveries'],
  ...['audit tail', 'audit show', 'audit export'],
];

describe('roles, through ml', () => {
  const databases = testDatabases();
  let portal: TestPlatform;
  let ids: Map<string, Ids>;
  let folder: string;
  let ml: MlServer;
  const front = new Front();

  const run = (who: Case, args: string[]) =>
    ml.run(args, { url: portal.url, token: tokenFor(who) });

  beforeAll(async () => {
    ml = await MlServer.start();
    folder = await mkdtemp(join(tmpdir(), 'ml-roles-'));
    portal = await startWithRoles({
      knex: await databases.init('SQLITE_3'),
      // Whoever may have something evaluated is told that it would not count.
      evaluation: { signingKey: undefined, requiredFor: [] },
      gitops: { directory: join(folder, 'git'), interval: '1h' },
      releases: {
        freezes: [
          {
            reason: 'The books are closed',
            from: `${inDays(9)}T00:00:00Z`,
            to: `${inDays(10)}T00:00:00Z`,
          },
        ],
      },
      // Images and signatures are pushed to where the platform says it is.
      baseUrl: await front.start(),
    });
    front.port = Number(new URL(portal.url).port);
    ids = await addModels(portal);
    await writeFiles(folder, [...ids.keys()]);
    await run('none', [
      ...['keys', 'generate', '--no-passphrase'],
      ...['--out', join(folder, 'team')],
    ]);
  });
  afterAll(async () => {
    await ml?.stop();
    front.stop();
    await portal?.stop();
    await rm(folder, { recursive: true, force: true });
  });

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
    const isNotTheirs = /Only \S+ can withdraw this request/.test(stderr);
    return {
      scope,
      outcome: refusal ?? 'allowed',
      // 2 would be a mistake of this test.
      code: refusal
        ? code === refusalCode
        : code !== 2 && (code !== 4 || isNotTheirs),
      leaks:
        about === 'list' &&
        who !== 'platform-admin' &&
        stdout.includes('of-others'),
      stderr,
    };
  }

  it('are tried with every command that changes something', () => {
    const known = [
      ...[...Object.keys(CHANGING), ...Object.keys(READING), ...HARMLESS],
    ];
    expect(namesOf(createProgram(async () => {})).sort()).toEqual(known.sort());
  });

  describe.each(CASES)('%s', who => {
    it.each(Object.entries({ ...READING, ...CHANGING }))(
      '%s',
      async (name, [guard, args]) => {
        const scopes: readonly Scope[] =
          guard.about === 'model' ? SCOPES : ['own'];
        const found: Awaited<ReturnType<typeof outcomeOf>>[] = [];
        for (const scope of scopes) {
          const about = modelFor(who, scope);
          const given = {
            ...{ model: about, ids: ids.get(about)!, folder },
            team: PEOPLE[who].team,
          };
          const words = [...name.split(' '), ...args(given)];
          found.push(await outcomeOf(guard, who, scope, words));
        }
        expect(found).toEqual(
          scopes.map((scope, index) => ({
            scope,
            outcome: toldBy(name, expected(guard, who, scope)),
            code: true,
            leaks: false,
            stderr: found[index].stderr,
          })),
        );
      },
    );
  });
});

/** Bytes go first: a name that one may not push to is refused, whoever has it. */
function toldBy(command: string, outcome: Outcome): Outcome {
  return command === 'register' && outcome === 'hidden' ? 'denied' : outcome;
}

/** The commands that do something, and not only hold others. */
function namesOf(command: Command, path: string[] = []): string[] {
  if (!command.commands.length) return [path.join(' ')];
  return command.commands.flatMap(each =>
    namesOf(each, [...path, each.name()]),
  );
}

/** What commands are given: packages, rows, a key, a policy. */
async function writeFiles(folder: string, models: string[]): Promise<void> {
  const files: Record<string, string | Buffer> = {
    'rows.csv': 'alcohol\n1\n',
    'policy.yaml': 'quotas:\n  stagingDeploymentsPerTeam: 50\n',
  };
  for (const name of models) {
    const packaged = examplePackage('wine-classifier', {
      'model.yaml': [
        [/^name: .*$/m, `name: ${name}`],
        [/^version: .*$/m, 'version: 9.0.0'],
      ],
    });
    for (const [path, content] of Object.entries(packaged)) {
      files[join(name, path)] = content;
    }
  }
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}
