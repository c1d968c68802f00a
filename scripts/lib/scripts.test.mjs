import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { calledByYarn } from './backstage.mjs';
import { checkDiskSpace } from './diskSpace.mjs';
import { readExamples } from './examples.mjs';
import { root } from './paths.mjs';
import { checkPorts, readPorts } from './ports.mjs';
import { endGroup, identify, isAlive, until } from './processes.mjs';
import { RotatingLog } from './RotatingLog.mjs';
import { RunFile } from './RunFile.mjs';
import { runStep } from './run.mjs';
import { ensureSecrets } from './secrets.mjs';
import { isSupportedNode } from './toolchain.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'ml-platform-scripts-'));
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the toolchain', () => {
  it('takes Node 22 and 24, save those that SQLite aborts in', () => {
    const supported = ['v22.0.0', 'v22.23.3', 'v24.18.9'];
    const others = ['v20.20.2', 'v23.1.0', 'v24.19.0', 'v25.0.0', 'v26.1.0'];
    assert.deepEqual(
      [...supported, ...others].filter(isSupportedNode),
      supported,
    );
  });

  it('knows when Yarn runs it', () => {
    const agent = npm_config_user_agent =>
      calledByYarn({ npm_config_user_agent });
    assert.equal(agent('yarn/4.18.1 npm/? node/v22.23.3 linux x64'), true);
    assert.equal(agent('npm/10.8.2 node/v20.20.2 linux x64'), false);
    assert.equal(calledByYarn({}), false);
  });
});

describe('checks before the start', () => {
  it('refuses a full disk in one line', () => {
    assert.throws(
      () => checkDiskSpace({ folder, megabytes: 1e12, reason: 'the platform' }),
      error =>
        /^Not enough disk space: .+ needs 1000000000000 MB/.test(
          error.message,
        ) && !error.message.includes('\n'),
    );
    checkDiskSpace({
      folder: path.join(folder, 'not/yet'),
      megabytes: 1,
      reason: '',
    });
  });

  it('refuses ports that are none, or that are the same', () => {
    assert.throws(() => readPorts({ ML_PORT: 'http' }), /ML_PORT is "http"/);
    assert.throws(
      () => readPorts({ ML_STAGING_PORT: '7008' }),
      /also the port of production/,
    );
    assert.equal(readPorts({}).portal, 7007);
  });

  it('names who holds a port, and the variable that changes it', async () => {
    const server = createServer();
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await assert.rejects(
      checkPorts({ ...readPorts({}), portal: port }),
      error =>
        error.message.includes(`process ${process.pid}`) &&
        error.message.includes('ML_PORT='),
    );
    await new Promise(resolve => server.close(resolve));
  });
});

describe('the data folder', () => {
  it('makes secrets once, for the owner alone; the environment wins', () => {
    const dataDir = path.join(folder, 'secrets');
    const first = ensureSecrets({ dataDir, env: {} });
    assert.deepEqual(ensureSecrets({ dataDir, env: {} }), first);
    assert.equal(new Set(Object.values(first)).size, 8);
    assert.equal(
      statSync(path.join(dataDir, 'secrets.json')).mode % 0o1000,
      0o600,
    );
    assert.equal(
      ensureSecrets({ dataDir, env: { ML_SERVING_TOKEN: 'mine' } })
        .ML_SERVING_TOKEN,
      'mine',
    );
  });

  it('belongs to one start script at a time', async () => {
    const dataDir = path.join(folder, 'run');
    const mine = new RunFile(dataDir);
    await mine.acquire({ url: 'http://localhost:1' });
    await assert.rejects(new RunFile(dataDir).acquire({}), /running already/);
    mine.release();
    await new RunFile(dataDir).acquire({});
  });

  it('rotates logs and keeps a few', () => {
    const file = path.join(folder, 'logs/portal.log');
    const log = new RotatingLog({ file, maxBytes: 10, keep: 2 });
    for (const line of [
      'first line\n',
      'second line\n',
      'third line\n',
      'fourth line\n',
    ])
      log.write(line);
    log.close();
    assert.deepEqual(readdirSync(path.dirname(file)).sort(), [
      'portal.log',
      'portal.log.1',
      'portal.log.2',
    ]);
    assert.equal(readFileSync(file, 'utf8'), 'fourth line\n');
  });
});

describe('processes', () => {
  it('ends a group with the children that ignore it', async () => {
    const script = `
      const { spawn } = require('node:child_process');
      process.on('SIGTERM', () => {});
      const child = spawn('sleep', ['600']);
      console.log(child.pid);
      setInterval(() => {}, 1000);`;
    const { spawn } = await import('node:child_process');
    const leader = spawn(process.execPath, ['-e', script], { detached: true });
    const pid = await new Promise(resolve =>
      leader.stdout.once('data', chunk => resolve(Number(chunk))),
    );
    const both = [identify(leader.pid), identify(pid)];
    await endGroup(both[0], 200);
    assert.equal(await until(() => !both.some(isAlive), 5_000), true);
  });

  it('tells the end of the log of a step that failed', async () => {
    await assert.rejects(
      runStep({
        title: 'A step',
        command: process.execPath,
        args: ['-e', 'console.log("what went wrong"); process.exit(3)'],
        cwd: folder,
        env: process.env,
        logFile: path.join(folder, 'step.log'),
        show: 'nothing',
      }),
      error =>
        /exit code 3/.test(error.message) &&
        error.details.includes('what went wrong'),
    );
  });

  it('tells the failures of a test run, however much follows them', async () => {
    const log = [
      'FAIL a.test.ts',
      '  ● does a thing',
      '    Expected: 1',
      'PASS b.test.ts',
      ...Array.from({ length: 50 }, (_, line) => `noise ${line}`),
      'Test Suites: 1 failed',
    ];
    await assert.rejects(
      runStep({
        title: 'A step',
        command: process.execPath,
        args: [
          '-e',
          `console.log(${JSON.stringify(log.join('\n'))}); process.exit(1)`,
        ],
        cwd: folder,
        env: process.env,
        logFile: path.join(folder, 'jest.log'),
        show: 'nothing',
      }),
      { details: '  ● does a thing\n    Expected: 1' },
    );
  });
});

describe('a service whose start script was killed', () => {
  it('ends in order, though nobody reads its log any more', async () => {
    const marker = path.join(folder, 'ended-in-order');
    const service = `
      process.on('SIGTERM', () => {
        console.log('a line that nobody reads');
        setTimeout(() => {
          require('node:fs').writeFileSync(${JSON.stringify(marker)}, '');
          process.exit(0);
        }, 50);
      });
      setInterval(() => console.log('a line'), 1);
      console.log('up');
    `;
    const child = spawn(
      process.execPath,
      [
        '--require',
        path.join(root, 'scripts/lib/followParent.cjs'),
        '-e',
        service,
      ],
      {
        env: { ...process.env, ML_PARENT_PIPE: '3' },
        stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      },
    );
    const ended = new Promise(resolve => child.on('exit', resolve));
    await new Promise(resolve => child.stdout.once('data', resolve));
    for (const pipe of child.stdio.slice(1)) pipe.destroy();
    assert.equal(await ended, 0);
    assert.equal(existsSync(marker), true);
  });
});

describe('the examples', () => {
  it('are the folders that are named like the model in them', () => {
    assert.deepEqual(
      readExamples().map(({ name, version }) => `${name}@${version}`),
      ['diabetes-risk@1.0.0', 'wine-classifier@1.0.0'],
    );
  });
});

describe('npm test', () => {
  it('knows its steps', () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [path.join(root, 'scripts/test.mjs'), '--only', 'dancing'],
      { encoding: 'utf8', env: { ...process.env, npm_config_user_agent: '' } },
    );
    assert.equal(status, 2);
    assert.match(stderr, /there is no step "dancing"/);
  });
});
