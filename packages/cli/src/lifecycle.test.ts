import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MlProcess } from './__testUtils__/MlProcess';
import { TestPlatform } from './__testUtils__/TestPlatform';

jest.setTimeout(60_000);

describe('ml, on the life of a version', () => {
  let process: MlProcess;
  let platform: TestPlatform;

  beforeAll(async () => {
    process = await MlProcess.build();
  });
  afterAll(() => process.dispose());
  beforeEach(async () => {
    platform = await TestPlatform.start();
    platform.addVersion({ model: 'example', version: '1.0.0' });
    platform.addVersion({ model: 'example', version: '1.1.0' });
    platform.addVersion({ model: 'example', version: '2.0.0', state: 'draft' });
  });
  afterEach(() => platform.stop());

  const as = (token: string, args: string[]) =>
    process.run(args, { env: { ML_URL: platform.url, ML_TOKEN: token } });
  const ml = (...args: string[]) => as(platform.token, args);
  const other = (...args: string[]) => as(platform.otherToken, args);
  const stateOf = (version: string) =>
    platform.versions.get(`example@${version}`)!.state;

  it('publishes, deprecates and takes that back', async () => {
    const published = await ml('versions', 'publish', 'example@2.0.0');
    expect(published).toMatchObject({ code: 0 });
    expect(published.stderr).toContain('✓ Published example@2.0.0');
    expect(published.stdout).toMatch(/^State +registered$/m);
    const twice = await ml('versions', 'publish', 'example@2.0.0');
    expect(twice).toMatchObject({ code: 5, stdout: '' });

    const deprecate = (...more: string[]) =>
      ml('versions', 'deprecate', 'example@1.0.0', '--reason', 'old', ...more);
    expect((await deprecate()).code).toBe(2);
    expect((await deprecate('--sunset', 'soon')).code).toBe(2);
    const deprecated = await deprecate(
      ...['--sunset', '2027-03-01', '--replacement', '1.1.0'],
    );
    expect(deprecated.code).toBe(0);
    expect(deprecated.stderr).toContain('served until 2027-03-01');
    const list = await ml('versions', 'list', 'example');
    expect(list.stdout).toMatch(/1\.0\.0 +deprecated until 2027-03-01 +-/);
    const shown = await ml('versions', 'show', 'example@1.0.0');
    expect(shown.stdout).toMatch(/^Sunset +2027-03-01, move to 1\.1\.0: old$/m);
    const deployed = await ml('deploy', 'example@1.0.0', '--env', 'staging');
    expect(deployed.stderr).toContain(
      'Warning: example@1.0.0 is deprecated, until 2027-03-01; move to 1.1.0.',
    );
    await ml('versions', 'undeprecate', 'example@1.0.0');
    expect(stateOf('1.0.0')).toBe('registered');
    expect((await ml('versions', 'publish', 'example@champion')).code).toBe(2);
  });

  it('deletes a draft when told so, and anything else with a second person only', async () => {
    const remove = (ref: string, ...more: string[]) =>
      ml('versions', 'delete', ref, '--reason', 'wrong data', ...more);
    const asked = await remove('example@2.0.0');
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain(
      'delete the draft example@2.0.0 for good, and nobody can be asked',
    );
    expect(stateOf('2.0.0')).toBe('draft');
    expect((await remove('example@2.0.0', '--yes')).code).toBe(0);
    expect(stateOf('2.0.0')).toBe('deleted');

    const pending = await remove('example@1.0.0');
    expect(pending.code).toBe(8);
    expect(pending.stdout).toMatch(/^Approval approval-1$/m);
    expect(pending.stdout).toContain(
      '- The bytes of example@1.0.0 are removed',
    );
    expect(pending.stderr).toContain('anybody but user:default/mia');
    expect(pending.stderr).toContain('owner: group:default/team');
    expect(pending.stderr).toContain('ml approvals approve approval-1');
    const again = await remove('example@1.0.0', '--json');
    expect(again).toMatchObject({ code: 5, stdout: '' });
    expect(JSON.parse(again.stderr).error.message).toContain('approval-1');
    expect((await remove('example@9.9.9')).code).toBe(3);

    const approve = ['approvals', 'approve', 'approval-1'];
    const own = await ml(...approve, '--yes');
    expect(own).toMatchObject({ code: 4, stdout: '' });
    expect(own.stderr).toContain('somebody else has to decide');
    const unasked = await other(...approve);
    expect(unasked.code).toBe(2);
    expect(unasked.stderr).toContain(
      'user:default/mia asks for this: wrong data',
    );
    expect(unasked.stderr).toContain('- The bytes of example@1.0.0');
    expect(stateOf('1.0.0')).toBe('registered');
    const done = await other(...approve, '--yes', '--comment', 'Agreed');
    expect(done.code).toBe(0);
    expect(done.stdout).toMatch(/^Decided +2026.* by user:default\/paul$/m);
    expect(stateOf('1.0.0')).toBe('deleted');
    expect((await other(...approve)).code).toBe(5);
  });

  it('lists, shows, denies and withdraws what was asked for', async () => {
    const ask = () =>
      ml(
        'versions',
        'delete',
        'example@1.0.0',
        '--reason',
        'tidy',
        '-o',
        'name',
      );
    expect(await ask()).toMatchObject({ code: 8, stdout: 'approval-1\n' });
    const denied = await other('approvals', 'deny', 'approval-1', '--yes');
    expect(denied.code).toBe(0);
    await ask();
    const foreign = await other('approvals', 'withdraw', 'approval-2', '--yes');
    expect(foreign.code).toBe(4);
    const shown = await ml('approvals', 'show', 'approval-2', '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      kind: 'Approval',
      data: { state: 'pending', reason: 'tidy' },
    });
    const open = ['approvals', 'list', '--state', 'pending'];
    expect((await ml(...open)).stdout).toMatch(
      /approval-2 +version\.delete +example@1\.0\.0 +pending/,
    );
    const unsure = await ml(
      'approvals',
      'withdraw',
      'approval-2',
      '--no-input',
    );
    expect(unsure).toMatchObject({ code: 2 });
    expect(unsure.stderr).toContain('Add --yes');
    expect(
      (await ml('approvals', 'withdraw', 'approval-2', '--yes')).code,
    ).toBe(0);
    expect(await ml(...open, '-o', 'name')).toMatchObject({
      code: 0,
      stdout: '',
    });
    expect((await ml('approvals', 'show', 'nothing')).code).toBe(3);
  });

  it('moves aliases, and reads versions by them', async () => {
    const set = (version: string, ...more: string[]) =>
      ml('aliases', 'set', 'example', 'champion', version, ...more);
    const empty = await ml('aliases', 'list', 'example');
    expect(empty).toMatchObject({ code: 0, stdout: '' });
    expect((await set('1.0.0')).stderr).toContain(
      '✓ example@champion points at 1.0.0\n',
    );
    const moved = await set('1.1.0', '--reason', 'better', '--json');
    expect(moved.stderr).toContain('points at 1.1.0, before at 1.0.0');
    expect(JSON.parse(moved.stdout)).toMatchObject({
      kind: 'Alias',
      data: { name: 'champion', version: '1.1.0' },
    });
    const history = await ml('aliases', 'history', 'example', 'champion');
    expect(history.stdout).toMatch(
      /1\.0\.0 +1\.1\.0 +user:default\/mia +better\n.* - +1\.0\.0 /,
    );

    const shown = await ml('versions', 'show', 'example@champion');
    expect(shown.stdout).toMatch(/^Version +1\.1\.0$/m);
    expect(shown.stdout).toMatch(/^Aliases +champion$/m);
    const deployed = await ml(
      ...['deploy', 'example@champion', '--env', 'staging', '--json'],
    );
    expect(deployed.stderr).toContain('example@champion is example@1.1.0');
    expect(JSON.parse(deployed.stdout).data.version).toBe('1.1.0');
    const predicted = await ml(
      ...['predict', 'example@champion', '--env', 'staging', '--sample'],
    );
    expect(predicted.code).toBe(0);
    expect(predicted.stderr).toContain('example@champion is example@1.1.0');
    const missing = await ml('versions', 'show', 'example@other');
    expect(missing).toMatchObject({ code: 3, stdout: '' });
    expect(missing.stderr).toContain("no alias 'other'\nIt has: champion");
    for (const wrong of ['example@1.0', 'example@Best', 'example@7']) {
      expect((await ml('versions', 'show', wrong)).code).toBe(2);
    }

    expect((await set('champion')).code).toBe(2);
    await ml('aliases', 'remove', 'example', 'champion');
    expect((await ml('aliases', 'remove', 'example', 'champion')).code).toBe(3);
  });

  it('keeps to the policy of an alias, which it sets and shows', async () => {
    await ml('aliases', 'set', 'example', 'champion', '1.0.0');
    const policy = (...args: string[]) =>
      ml('aliases', 'policy', 'example', 'champion', ...args);
    expect((await policy()).stdout).toMatch(/^Evidence +none$/m);
    expect((await policy('--mover', 'mia')).code).toBe(2);
    expect((await policy('--evidence', 'luck')).code).toBe(2);
    const changed = await policy(
      ...['--mover', 'group:Team', 'user:default/mia'],
      ...['--evidence', 'live-in-staging', '--json'],
    );
    expect(JSON.parse(changed.stdout).data).toMatchObject({
      movers: ['group:default/team', 'user:default/mia'],
      evidence: ['live-in-staging'],
    });
    const list = await ml('aliases', 'list', 'example');
    expect(list.stdout).toContain(
      'group:default/team, user:default/mia; live-in-staging',
    );
    const refused = await ml('aliases', 'set', 'example', 'champion', '1.1.0');
    expect(refused).toMatchObject({ code: 6, stdout: '' });
    expect((await policy('--clear', '--mover', 'user:mia')).code).toBe(2);
    expect((await policy('--clear')).code).toBe(0);
    expect(
      (await ml('aliases', 'set', 'example', 'champion', '1.1.0')).code,
    ).toBe(0);
  });

  it('searches, compares, and writes the bill of materials', async () => {
    const { card } = platform.versions.get('example@1.0.0')!;
    platform.addVersion({
      model: 'example',
      version: '1.2.0',
      aliases: ['champion'],
      sizeBytes: 2048,
      card: {
        ...card,
        quantitativeAnalysis: {
          performanceMetrics: [{ type: 'accuracy', value: 0.95 }],
        },
        considerations: {
          ...card.considerations,
          users: ['People who want to know which version of two is better'],
        },
      },
    });
    const found = await ml(
      ...['versions', 'search', 'exam', '--metric', 'accuracy>=0.9'],
      ...['--owner', 'Team', '--alias', 'champion', '--state', 'registered'],
    );
    expect(found.stdout).toMatch(/STATE +ALIASES +ACCURACY/);
    expect(found.stdout).toMatch(/1\.2\.0 +registered +champion +0\.95/);
    expect(found.stdout.trim().split('\n')).toHaveLength(2);
    const none = await ml('versions', 'search', '--tag', 'a', '--tag', 'b');
    expect(none).toMatchObject({ code: 0, stdout: '' });
    expect((await ml('versions', 'search', '--metric', 'good')).code).toBe(2);

    const compared = await ml('versions', 'compare', 'example@1.0.0', '1.2.0');
    expect(compared.stdout).toMatch(
      /^METRICS\n +1\.0\.0 +1\.2\.0\naccuracy +- +0\.95$/m,
    );
    expect(compared.stdout).toContain(
      'CARD\nusers\n  1.0.0  -\n  1.2.0  People who want',
    );
    expect(compared.stdout).toMatch(/all files +0 B +2\.0 KiB/);
    expect(compared.stdout).not.toContain('classification');
    platform.lifecycle.aliases.set('example@champion', {
      ...{ model: 'example', name: 'champion', version: '1.2.0' },
      ...{ movedAt: '', movedBy: '' },
    });
    const all = await ml(
      ...['versions', 'compare', 'example@1.0.0', 'champion', '1.1.0'],
      ...['--all', '--json'],
    );
    const { versions, sections } = JSON.parse(all.stdout).data;
    expect(versions.map((item: { version: string }) => item.version)).toEqual([
      '1.0.0',
      '1.2.0',
      '1.1.0',
    ]);
    expect(JSON.stringify(sections)).toContain('classification');
    const same = await ml('versions', 'compare', 'example@1.0.0', '1.1.0');
    expect(same).toMatchObject({ code: 0, stdout: '' });
    expect(same.stderr).toContain('They do not differ');

    const printed = await ml('versions', 'bom', 'example@1.0.0');
    expect(JSON.parse(printed.stdout).bomFormat).toBe('CycloneDX');
    const file = join(process.folder, 'bom.json');
    const written = await ml(
      ...['versions', 'bom', 'example@champion', '--output', file],
    );
    expect(written).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      bomFormat: 'CycloneDX',
      metadata: { component: { name: 'example@1.2.0' } },
    });
  });

  it('completes versions, aliases and approvals where they belong', async () => {
    await ml('aliases', 'set', 'example', 'champion', '1.0.0');
    await ml('versions', 'delete', 'example@1.1.0', '--reason', 'tidy');
    const complete = async (...words: string[]) =>
      (await ml('__complete', '--', ...words)).stdout.trim().split('\n');
    expect(await complete('deploy', 'example@')).toEqual([
      'example@1.0.0',
      'example@1.1.0',
      'example@2.0.0',
      'example@champion',
    ]);
    expect(await complete('versions', 'publish', 'example@c')).toEqual(['']);
    expect(await complete('versions', 'publish', 'ex')).toEqual(['example@']);
    expect(
      await complete('versions', 'compare', 'example@1.0.0', '1.1.0', 'ch'),
    ).toEqual(['champion']);
    expect(await complete('aliases', 'remove', 'example', '')).toEqual([
      'champion',
    ]);
    expect(
      await complete('aliases', 'set', 'example', 'champion', '1.1'),
    ).toEqual(['1.1.0']);
    expect(await complete('approvals', 'approve', '')).toEqual(['approval-1']);
    expect(await complete('versions', 'search', '--state', 'd')).toEqual([
      'draft',
      'deprecated',
      'deleted',
    ]);
  });
});
