import {
  callSample,
  exampleRequest,
  modelFileSchema,
  type ModelInterface,
} from '@ml-platform/plugin-ml-common';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { ARITHMETIC, EVERY_TYPE, fixture, TestBed } from './__testUtils__';

const execute = promisify(execFile);
// eslint-disable-next-line no-restricted-syntax
const ROOT = resolve(__dirname, '../../..');
const PYTHON =
  process.env.ML_TEST_TRITONCLIENT ??
  join(ROOT, '.tools/tritonclient-venv/bin/python');

describe('tritonclient, unchanged', () => {
  let bed: TestBed;
  let wine: ModelInterface;

  beforeAll(async () => {
    if (!existsSync(PYTHON)) {
      throw new Error(
        'tritonclient is not there: run `npm test -- --only jest` once, which installs it, or set ML_TEST_TRITONCLIENT to a Python that has packages/inference-server/clients/requirements.txt',
      );
    }
    bed = await TestBed.start();
    const example = join(ROOT, 'examples/wine-classifier');
    ({ interface: wine } = modelFileSchema.parse(
      parse(readFileSync(join(example, 'model.yaml'), 'utf8')),
    ));
    const models = {
      types: { artifact: fixture('every_type'), interface: EVERY_TYPE },
      arithmetic: { artifact: fixture('arithmetic'), interface: ARITHMETIC },
      'wine-classifier': {
        artifact: readFileSync(join(example, 'model.onnx')),
        interface: wine,
      },
    };
    for (const [name, model] of Object.entries(models)) {
      const spec = bed.registry.push({ version: '1.0.0', ...model });
      await bed.server.load(spec, 'ready', name);
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], name);
    }
  });

  afterAll(async () => bed?.stop());

  it('gets every answer right over REST and gRPC, many at a time', async () => {
    const { addresses, grpcAddresses } = bed.server;
    const { stdout } = await execute(PYTHON, [
      join(ROOT, 'packages/inference-server/clients/check_tritonclient.py'),
      new URL(addresses.production).host,
      grpcAddresses.production,
    ]);
    // 2 clients x 8 threads x 40 rounds x 2 outputs, and all the rest.
    expect(Number(stdout)).toBeGreaterThan(1400);
  }, 60_000);

  it('runs the sample of the how-to page', async () => {
    const page = readFileSync(
      join(ROOT, 'docs/how-to/call-a-model.md'),
      'utf8',
    );
    const [, sample] =
      /<!-- tested with tritonclient -->\s+```python\n([^]*?)```/.exec(page)!;
    const { stdout } = await execute(PYTHON, [
      '-c',
      sample.replace('localhost:7108', bed.server.grpcAddresses.production),
    ]);
    expect(stdout).toBe('1.0.0 [1]\n');
  }, 60_000);

  it.each(['curl', 'requests', 'triton', 'typescript'] as const)(
    'runs the sample of the portal in %s, as it is copied',
    async language => {
      const { addresses, grpcAddresses } = bed.server;
      const target = {
        model: 'wine-classifier',
        gateway: addresses.production,
        grpc: grpcAddresses.production,
        pin: '1',
      };
      const sample = callSample(language, target, {
        interface: wine,
        sample: exampleRequest(wine),
      });
      const [program, args] = {
        curl: ['bash', ['-c', sample]],
        requests: [PYTHON, ['-c', sample]],
        triton: [PYTHON, ['-c', sample]],
        typescript: [
          process.execPath,
          ['--input-type=module-typescript', '--no-warnings', '-e', sample],
        ],
      }[language] as [string, string[]];
      const { stdout } = await execute(program, args);
      for (const { name } of wine.outputs) expect(stdout).toContain(name);
    },
    60_000,
  );
});
