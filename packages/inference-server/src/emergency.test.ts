import type { EmergencyAnswer, Routes } from '@ml-platform/plugin-ml-common';
import { randomUUID } from 'node:crypto';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  planFor,
  rolloutOf,
  routesTo,
  ServerProcess,
  TestBed,
} from './__testUtils__';

const MODEL = modelPath('production', 'test');
const to = (version: string) => [{ version, weight: 100 }];
const ROUTES: Routes = {
  generation: 1,
  split: to('2.0.0'),
  majors: { 1: to('1.0.0'), 2: to('2.0.0') },
  fallback: '1.1.0',
};

describe('an emergency rollback', () => {
  let bed: TestBed;

  beforeEach(async () => {
    bed = await TestBed.start();
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) {
      await bed.server.load(
        bed.registry.push({
          version,
          artifact: fixture('arithmetic'),
          interface: ARITHMETIC,
        }),
      );
    }
    await bed.server.control('PUT', `${MODEL}/routes`, ROUTES);
  });
  afterEach(async () => bed.stop());

  const rollBack = (changes: object = {}) =>
    bed.server.control<EmergencyAnswer>('POST', `${MODEL}/rollback`, {
      id: randomUUID(),
      cause: 'it fails',
      ...changes,
    });
  const answeredBy = async (path = 'test') =>
    (await bed.server.infer(path, ADD)).headers.get('x-ml-version');
  const command = (...words: string[]) =>
    ServerProcess.run(
      {
        ...ServerProcess.environment(bed.options),
        ML_CONTROL_PORT: new URL(bed.server.addresses.control).port,
      },
      words,
    );

  it('goes to the last good version by one command, and stays there', async () => {
    const { code, stdout } = await command(
      'rollback',
      'test',
      '--env',
      'production',
      '--reason',
      'half of the answers are wrong',
    );
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'test in production: rolled back from 2.0.0 to 1.1.0\n',
    });
    expect(await answeredBy()).toBe('1.1.0');
    expect(await answeredBy('test/versions/1')).toBe('1.1.0');
    expect(await answeredBy('test/versions/2')).toBe('2.0.0');
    await bed.restart('SIGKILL');
    await bed.server.until('1.1.0', 'ready');
    expect(await answeredBy()).toBe('1.1.0');
    const [model] = (await bed.server.status()).models;
    expect(model.emergency).toMatchObject({
      from: '2.0.0',
      to: '1.1.0',
      generation: 2,
      cause: expect.stringMatching(/: half of the answers are wrong$/),
    });
    // Routes of the control plane take over again.
    await bed.server.control('PUT', `${MODEL}/routes`, routesTo('1.1.0', 3));
    expect((await bed.server.status()).models[0].emergency).toBeUndefined();
  });

  it('is done once, however often it is asked for', async () => {
    const id = randomUUID();
    const first = await rollBack({ id });
    expect(first.body).toEqual({ from: '2.0.0', to: '1.1.0' });
    expect(await rollBack({ id })).toMatchObject({
      status: 200,
      body: first.body,
    });
    expect((await bed.server.status()).models[0].routes!.generation).toBe(2);
    const next = await rollBack();
    expect(next.status).toBe(409);
    expect(next.text).toContain(
      'no good version of test before 1.1.0 is known in production; name one of those loaded: 1.0.0, 1.1.0, 2.0.0',
    );
    expect((await rollBack({ version: '1.0.0' })).status).toBe(200);
    expect(await answeredBy()).toBe('1.0.0');
  });

  it('aborts a rollout that is under way', async () => {
    const plan = planFor('2.0.0', '1.1.0', {
      steps: [
        { weight: 50, holdMs: 3_600_000 },
        { weight: 100, holdMs: 0 },
      ],
    });
    await bed.server.control('PUT', `${MODEL}/rollout`, plan);
    expect((await rollBack()).body).toEqual({
      from: '1.1.0',
      to: '2.0.0',
      rollout: plan.id,
    });
    expect(await rolloutOf(bed.server)).toMatchObject({
      state: 'aborted',
      events: [{ what: 'step' }, { what: 'aborted', cause: 'it fails' }],
    });
    expect(await answeredBy()).toBe('2.0.0');
  });

  it('ends an experiment, so that all callers are back', async () => {
    await bed.server.control('PUT', `${MODEL}/experiment`, {
      id: 'e1',
      name: 'test',
      revision: 1,
      forcible: true,
      arms: [
        { name: 'a', version: '1.0.0', weight: 1 },
        { name: 'b', version: '1.1.0', weight: 1 },
      ],
    });
    expect((await rollBack()).status).toBe(200);
    const [model] = (await bed.server.status()).models;
    expect(model.experiment).toBeUndefined();
    expect(model.emergency).toMatchObject({ experiment: 'e1' });
  });

  it('says what is wrong, where and what to do', async () => {
    expect(await command('rollback')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        'ml-inference-server rollback <model> --env <staging|production>',
      ),
    });
    expect(
      await command('rollback', 'other', '--env', 'production'),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('other has no live version'),
    });
    await bed.server.end();
    expect(
      await command('rollback', 'test', '--env', 'production'),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not answer'),
    });
  });
});
