import type {
  MlserverRuntime,
  ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { execFile, execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import {
  binaryBody,
  inferBinary,
  numbers,
  tensor,
  TestBed,
  waitFor,
} from './__testUtils__';

// Python's packages are downloaded and unpacked once for all of this file.
jest.setTimeout(600_000);
const INSTALL_MS = 500_000;

// eslint-disable-next-line no-restricted-syntax
const ROOT = join(__dirname, '../../..');
const PICKLES = join(ROOT, 'plugins/ml-common/src/pickle/__fixtures__');
const FIXTURES = join(ROOT, 'packages/inference-server/fixtures');
const BOOSTER = join(FIXTURES, 'xgboost.ubj');
const REQUIREMENTS =
  'scikit-learn==1.9.1\nxgboost-cpu==3.2.0\nlightgbm==4.6.0\n';

/** A row of the wine dataset that the fixtures were trained on; of cultivar 0. */
const WINE = [
  14.23, 1.71, 2.43, 15.6, 127, 2.8, 3.06, 0.28, 2.29, 5.64, 1.04, 3.92, 1065,
];
const REQUEST = {
  inputs: [{ name: 'x', datatype: 'FP64', shape: [1, 13], data: WINE }],
};

describe('the format mlserver', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await TestBed.start({ ML_SECRET_OF_THE_TEST: 'x' });
  });
  afterAll(async () => bed.stop());

  const push = (options: {
    runtime: MlserverRuntime;
    file: string;
    version?: string;
    requirements?: string;
    python?: string;
    outputs?: ServedVersion['interface']['outputs'];
  }) =>
    bed.registry.pushFiles({
      version: options.version ?? '1.0.0',
      files: {
        [`model/${basename(options.file)}`]: readFileSync(options.file),
        'requirements.txt': options.requirements ?? REQUIREMENTS,
      },
      serve: {
        format: 'mlserver',
        artifact: `model/${basename(options.file)}`,
        interface: {
          inputs: [tensor('x', 'FP64', -1, 13)],
          outputs: options.outputs ?? [tensor('predict', 'INT64', -1, 1)],
        },
        mlserver: {
          runtime: options.runtime,
          python: options.python ?? '3.11',
          requirements: 'requirements.txt',
        },
      },
    });
  const environments = () => readdirSync(join(bed.dataDir, 'environments'));
  const isOurs = (pid: string) => {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(
        realpathSync(bed.dataDir),
      );
    } catch {
      // It has ended meanwhile.
      return false;
    }
  };
  /** How many installers run for this server; other tests may run some, too. */
  const pips = () =>
    execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .filter(
        line => line.includes('-m pip install') && !line.includes('sh -c'),
      )
      .filter(line => isOurs(line.trim().split(' ')[0])).length;
  const start = async (spec: ServedVersion, model: string) => {
    const path = `/environments/production/models/${model}/versions/${spec.version}`;
    expect((await bed.server.control('PUT', path, spec)).status).toBe(202);
  };
  const untilReady = async (model: string) =>
    waitFor(
      `${model} to be ready`,
      async () => {
        const status = await bed.server.version('1.0.0', model);
        if (status.state === 'failed') throw new Error(status.reason);
        return status.state === 'ready' ? status : undefined;
      },
      INSTALL_MS,
    );

  it('begins anew when it is killed while it installs', async () => {
    const pickle = push({
      runtime: 'sklearn',
      file: join(PICKLES, 'pipeline.joblib'),
      outputs: [
        tensor('predict', 'INT64', -1, 1),
        tensor('predict_proba', 'FP64', -1, 3),
      ],
    });
    await start(pickle, 'pickle');
    const { reason } = await waitFor(
      'progress to be shown',
      async () => {
        const status = await bed.server.version('1.0.0', 'pickle');
        return /installing Python packages: \d+, /.test(status.reason ?? '')
          ? status
          : undefined;
      },
      120_000,
    );
    expect(reason).toMatch(/^installing Python packages: \d+, [\w.-]+/);
    expect(pips()).toBeGreaterThan(0);
    await bed.server.end('SIGKILL');
    await waitFor('pip to go with the server', () =>
      pips() === 0 ? true : undefined,
    );
    expect(environments()[0]).toMatch(/^[0-9a-f]{32}\../);

    await bed.restart('SIGKILL');
    await untilReady('pickle');
    expect(environments()).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/)]);
  });

  it('gives what a pickle of scikit-learn says, all outputs unless some are asked for', async () => {
    const { server } = bed;
    const ask = async (body: unknown) =>
      server.infer('pickle/versions/1.0.0', body);
    const { body } = await ask({ ...REQUEST, id: 'a' });
    expect(body).toMatchObject({
      model_name: 'pickle',
      model_version: '1.0.0',
      id: 'a',
      outputs: [
        { name: 'predict', datatype: 'INT64', shape: [1, 1], data: [0] },
        { name: 'predict_proba', datatype: 'FP64', shape: [1, 3] },
      ],
    });
    expect(body.outputs[1].data[0]).toBeGreaterThan(0.99);
    const some = await ask({ ...REQUEST, outputs: [{ name: 'predict' }] });
    expect(some.body.outputs).toHaveLength(1);
    const wrong = await ask(numbers(1));
    expect(wrong.status).toBe(400);
    expect(wrong.body.error).toMatch(/datatype must be FP64/);
    const status = await server.version('1.0.0', 'pickle');
    expect(status.errors).toBe(0);
    expect(status.memoryBytes).toBeGreaterThan(50 * 1024 * 1024);
  });

  it('takes and gives tensors in binary', async () => {
    const { data, ...wine } = REQUEST.inputs[0];
    const bytes = Buffer.from(new Float64Array(data).buffer);
    const { body } = await inferBinary(
      bed.server,
      'pickle/versions/1.0.0',
      binaryBody([{ ...wine, bytes }], {
        outputs: [
          { name: 'predict', parameters: { binary_data: true } },
          { name: 'predict_proba' },
        ],
      }),
    );
    expect(body.outputs[0].bytes).toEqual(
      Buffer.from(BigInt64Array.of(0n).buffer),
    );
    expect(body.outputs[1].data[0]).toBeGreaterThan(0.99);
  });

  it('shares an environment between versions with the same requirements', async () => {
    const booster = push({
      runtime: 'xgboost',
      file: BOOSTER,
      // The same, written another way.
      requirements: `# as trained\n${REQUIREMENTS}`,
    });
    await start(booster, 'booster');
    await untilReady('booster');
    expect(environments()).toHaveLength(1);
    const { body } = await bed.server.infer('booster/versions/1.0.0', REQUEST);
    expect(body.outputs).toMatchObject([{ name: 'predict', data: [0] }]);
  });

  it('serves what LightGBM writes, with the figures of LightGBM itself', async () => {
    const lightgbm = push({
      runtime: 'lightgbm',
      file: join(FIXTURES, 'lightgbm.txt'),
      outputs: [tensor('predict', 'FP64', -1, 3)],
    });
    await start(lightgbm, 'lightgbm');
    await untilReady('lightgbm');
    expect(environments()).toHaveLength(1);
    const { body } = await bed.server.infer('lightgbm/versions/1.0.0', REQUEST);
    const [{ data, name, shape }] = body.outputs;
    expect({ name, shape }).toEqual({ name: 'predict', shape: [1, 3] });
    // What its `predict_proba` said when the fixture was made.
    for (const [index, value] of [
      0.52325518, 0.28238269, 0.19436212,
    ].entries()) {
      expect(data.flat()[index]).toBeCloseTo(value, 7);
    }
  });

  it('gives the process no secret', async () => {
    const pid = execFileSync('ps', ['-A', '-o', 'pid=,args='], {
      encoding: 'utf8',
    })
      .split('\n')
      .find(
        line => line.includes(bed.dataDir) && line.includes('mlserver.cli'),
      )!
      .trim()
      .split(' ')[0];
    const environment = execFileSync('ps', ['eww', '-p', pid], {
      encoding: 'utf8',
    });
    expect(environment).toContain('OMP_NUM_THREADS=1');
    expect(environment).not.toMatch(/ ML_\w+=|registry-token/);
  });

  it('says what cannot be installed, and which Python is missing', async () => {
    const file = join(PICKLES, 'pipeline.joblib');
    const none = push({ runtime: 'sklearn', file, python: '3.2' });
    const { reason, problem } = await bed.server.load(none, 'failed', 'none');
    expect(problem).toBe('PYTHON_MISSING');
    expect(reason).toMatch(/^Python 3.2 with venv is not on this machine/);
    const absent = push({
      runtime: 'sklearn',
      file,
      requirements: 'scikit-learn==0.0.99\n',
    });
    await start(absent, 'absent');
    const failed = await waitFor(
      'the refusal',
      async () => {
        const status = await bed.server.version('1.0.0', 'absent');
        return status.state === 'failed' ? status : undefined;
      },
      120_000,
    );
    expect(failed.problem).toBe('INSTALL_FAILED');
    expect(failed.reason).toMatch(/scikit-learn==0.0.99/);
    expect(environments()).toHaveLength(1);
  });

  it('is evaluated by `ml eval`, by the suite in its package, in the same environment', async () => {
    const directory = join(bed.dataDir, 'evaluated');
    mkdirSync(join(directory, 'eval'), { recursive: true });
    mkdirSync(join(directory, 'model'));
    const write = (path: string, text: string) =>
      writeFileSync(join(directory, path), text);
    const example = (path: string) =>
      readFileSync(join(ROOT, 'examples/wine-classifier', path), 'utf8');
    cpSync(
      join(PICKLES, 'pipeline.joblib'),
      join(directory, 'model/pipeline.joblib'),
    );
    const holdout = example('eval/holdout.csv');
    write('eval/holdout.csv', holdout);
    write('requirements.txt', REQUIREMENTS);
    write('card.yaml', example('card.yaml'));
    write(
      'model.yaml',
      `apiVersion: ml.internal/v1alpha1
kind: Package
name: wine-pickle
version: 1.0.0
title: Wine pickle
description: Tells cultivars apart, as scikit-learn wrote it.
owner: group:default/quality-team
format: mlserver
artifact: model/pipeline.joblib
samples: [samples/request.json]
mlserver: { runtime: sklearn, python: '3.11', requirements: requirements.txt }
interface:
  inputs: [{ name: x, datatype: FP64, shape: [-1, 13] }]
  outputs: [{ name: predict, datatype: INT64, shape: [-1, 1] }]
`,
    );
    mkdirSync(join(directory, 'samples'));
    write('samples/request.json', JSON.stringify(REQUEST));
    const columns = holdout.split('\n')[0].split(',').slice(0, -1);
    write(
      'eval/suite.yaml',
      `apiVersion: ml.internal/v1alpha1
kind: EvaluationSuite
datasets:
  - name: holdout
    path: eval/holdout.csv
    inputs: [{ tensor: x, columns: [${columns.join(', ')}] }]
    label: { column: cultivar, output: predict }
metrics:
  - { name: accuracy, type: accuracy, dataset: holdout, threshold: { min: 0.9 } }
  - { name: f1, type: f1, average: macro, dataset: holdout, threshold: { min: 0.9 } }
`,
    );
    const cache = join(bed.dataDir, 'cache');
    mkdirSync(join(cache, 'ml'), { recursive: true });
    // The environments that it keeps are those that are here already.
    symlinkSync(bed.dataDir, join(cache, 'ml/evaluation'));
    const ml = join(ROOT, 'packages/cli/bin/ml');
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [ml, 'eval', directory, '--no-report', '--json'],
      {
        env: {
          ...{ ...process.env, HOME: bed.dataDir },
          ML_INFERENCE_SERVER: join(
            ROOT,
            'packages/inference-server/bin/ml-inference-server',
          ),
          XDG_CACHE_HOME: cache,
        },
      },
    );
    const { checks, datasets, model } = JSON.parse(stdout).data;
    expect({ model, datasets }).toMatchObject({
      model: 'wine-pickle',
      datasets: [{ rows: 72 }],
    });
    expect(checks).toMatchObject([
      { name: 'accuracy', verdict: 'passed', value: expect.any(Number) },
      { name: 'f1', verdict: 'passed' },
    ]);
    // It was trained on these very rows, so it knows nearly all of them.
    expect(checks[0].value).toBeGreaterThan(0.9);
    expect(environments()).toHaveLength(1);
  });
});
