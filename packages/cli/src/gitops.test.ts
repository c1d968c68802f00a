import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type {
  GitopsCommit,
  GitopsItem,
  GitopsStatus,
} from '@ml-platform/plugin-ml-common';
import { MlProcess } from './__testUtils__/MlProcess';

jest.setTimeout(60_000);

const commit = {
  id: 'c'.repeat(40),
  author: 'Mei Tanaka',
  email: 'mei@example.com',
  at: '2026-11-27T00:00:00Z',
  subject: 'Take the better one',
  committerEmail: 'mei@example.com',
};
const IN_SYNC: GitopsItem = {
  path: 'environments/staging/quality-team/wine.yaml',
  environment: 'staging',
  model: 'wine',
  state: 'inSync',
  desired: { version: '1.0.0' },
  running: { version: '1.0.0', digest: 'sha256:1' },
  issues: [],
  commit,
};
const REFUSED: GitopsItem = {
  path: 'environments/production/quality-team/wine.yaml',
  environment: 'production',
  model: 'wine',
  state: 'refused',
  running: { version: '1.0.0', digest: 'sha256:1' },
  issues: [{ line: 7, field: 'version', message: 'must be a version' }],
  commit,
};
const DRIFTED: GitopsItem = {
  ...IN_SYNC,
  state: 'drifted',
  desired: { version: '1.1.0' },
  message: 'Release 7 is failed: out of memory',
};

describe('ml gitops', () => {
  let process: MlProcess;
  let portal: Server;
  let status: GitopsStatus;
  let seen: string[];

  const log: GitopsCommit = {
    ...commit,
    committer: 'ML Platform',
    outcome: 'succeeded',
    reason: 'Better',
  };
  const answers = (call: string): unknown => {
    if (call.startsWith('GET /gitops/log')) return { items: [log] };
    if (call === 'POST /gitops/apply') {
      return {
        id: 'r1',
        number: 8,
        model: 'wine',
        environment: 'staging',
        kind: 'deploy',
        version: '1.1.0',
        strategy: 'canary',
        state: 'pending',
        requestedBy: 'user:default/mei',
        createdAt: commit.at,
      };
    }
    return status;
  };

  beforeAll(async () => {
    process = await MlProcess.build();
    portal = createServer(async (request, response) => {
      const body = await text(request);
      const call = `${request.method} ${request.url!.replace(
        '/api/ml/v1',
        '',
      )}`;
      seen.push(body ? `${call} ${body}` : call);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers(call)));
    });
    await new Promise<void>(resolve => {
      portal.listen(0, '127.0.0.1', resolve);
    });
  });
  afterAll(async () => {
    portal.closeAllConnections();
    portal.close();
    await process.dispose();
  });
  beforeEach(() => {
    seen = [];
    status = {
      enabled: true,
      repository: {
        kind: 'embedded',
        url: 'http://localhost:7007/git/deployments.git',
        branch: 'main',
        head: commit.id,
        checkedAt: commit.at,
      },
      pendingCommits: 0,
      items: [IN_SYNC],
    };
  });

  const url = () =>
    `http://127.0.0.1:${(portal.address() as AddressInfo).port}`;
  const ml = (args: string[], input?: string) =>
    process.run(['gitops', ...args], {
      input,
      env: { ML_URL: url(), ML_TOKEN: 'secret-token' },
    });

  it('status says by its exit code whether anything differs, and where', async () => {
    const good = await ml(['status']);
    expect(good.code).toBe(0);
    expect(good.stdout).toMatch(/staging +wine +inSync +1\.0\.0 +1\.0\.0/);
    expect(good.stderr).toContain('main at cccccccccccc');

    status.items = [IN_SYNC, REFUSED];
    status.pendingCommits = 2;
    status.repository!.error = 'connection refused';
    const bad = await ml(['status', 'wine', '--env', 'production']);
    expect(bad.code).toBe(10);
    expect(seen.pop()).toBe(
      'GET /gitops/status?model=wine&environment=production',
    );
    expect(bad.stderr).toContain(
      'environments/production/quality-team/wine.yaml:7 version: must be a version',
    );
    expect(bad.stderr).toContain('connection refused. 2 commits wait');
    const names = await ml(['status', '-o', 'name']);
    expect(names.stdout.trim().split('\n')).toEqual([
      IN_SYNC.path,
      REFUSED.path,
    ]);
  });

  it('diff, log, sync and apply print what the platform says', async () => {
    status.items = [DRIFTED, REFUSED, IN_SYNC];
    const { stdout } = await ml(['diff']);
    expect(stdout).toContain(
      [
        `--- ${DRIFTED.path}`,
        '+++ running',
        '- version: 1.1.0',
        '+ version: 1.0.0',
        '+ digest: sha256:1',
        '# drifted: Release 7 is failed: out of memory',
        `--- ${REFUSED.path}`,
      ].join('\n'),
    );
    expect(stdout).toContain('! line 7: version must be a version');
    expect(stdout.split('---')).toHaveLength(3);

    const history = await ml(['log', 'wine', '--json']);
    expect(JSON.parse(history.stdout)).toMatchObject({
      kind: 'GitopsCommitList',
      items: [{ id: commit.id, outcome: 'succeeded', reason: 'Better' }],
    });
    expect((await ml(['sync'])).code).toBe(10);
    expect(seen.pop()).toBe('POST /gitops/sync');
    const applied = await ml(['apply', 'wine', '--env', 'staging']);
    expect(applied.stderr).toContain('Release 8 brings wine 1.1.0 to staging');
    expect(seen.pop()).toBe(
      'POST /gitops/apply {"model":"wine","environment":"staging"}',
    );
  });

  it('gives Git the token for the portal alone', async () => {
    const { host } = new URL(url());
    const asked = (protocol: string, name: string) =>
      ml(['credential', 'get'], `protocol=${protocol}\nhost=${name}\n\n`);
    expect((await asked('http', host)).stdout).toBe(
      'username=ml\npassword=secret-token\n',
    );
    expect((await asked('https', host)).stdout).toBe('');
    expect((await asked('http', 'evil.example')).stdout).toBe('');
    expect((await ml(['credential', 'store'], 'password=x\n')).stdout).toBe('');
    expect((await ml(['credential', 'steal'])).code).toBe(2);
  });
});
