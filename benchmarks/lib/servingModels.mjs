// The models of the serving benchmark and the Python that made them: installed
// once, by the code with which the inference server installs MLServer.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../scripts/lib/paths.mjs';
import { loadTypeScript } from './loadTypeScript.mjs';

const CACHE = join(root, '.cache/serving-benchmark');
const FOLDER = join(root, 'benchmarks/models');
const PYTHON = '3.11';

/** Installs and trains what is not there yet. */
export async function prepareModels() {
  const python = await installPython();
  const models = join(CACHE, 'models');
  const script = join(FOLDER, 'make_models.py');
  if (!existsSync(join(models, 'logistic1000.onnx'))) {
    execFileSync(python, [script, models], { stdio: 'inherit' });
  }
  return {
    python,
    of: width => ({
      name: `logistic${width}`,
      width,
      onnx: join(models, `logistic${width}.onnx`),
      joblib: join(models, `logistic${width}.joblib`),
      interface: {
        inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, width] }],
        outputs: [
          { name: 'label', datatype: 'INT64', shape: [-1] },
          { name: 'probabilities', datatype: 'FP32', shape: [-1, 2] },
        ],
      },
    }),
  };
}

async function installPython() {
  const { Environments, planEnvironment } = await loadTypeScript(
    'packages/inference-server/src/python',
    ['Environments', 'plan'],
  );
  const folder = join(CACHE, 'environments');
  mkdirSync(folder, { recursive: true });
  const environments = new Environments({
    folder,
    pythons: (process.env.ML_PYTHON ?? '').split(':').filter(Boolean),
    logger: { info() {}, warn: message => console.error(message) },
  });
  environments.open();
  const plan = planEnvironment({
    python: PYTHON,
    requirements: readFileSync(join(FOLDER, 'requirements.txt'), 'utf8'),
  });
  environments.claim(plan.id);
  return environments.ensure(plan, {
    signal: AbortSignal.timeout(20 * 60_000),
    tell: progress => console.error(progress),
  });
}
