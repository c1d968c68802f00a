import { readFile, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import type {
  MlserverRuntime,
  OnnxTensor,
} from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';
import { mlserverBlock } from './mlserverFacts';
import { tensorsOf } from './parseTensor';
import { pathInside } from './places';
import type { Proposal } from './Proposal';
import type { ProposeOptions } from './propose';

interface Booster {
  runtime: MlserverRuntime;
  version?: string;
  features?: number;
  output?: OnnxTensor;
}

/** Larger ones are packaged as well; what they say of themselves is asked for. */
const MAX_READ = 128 * 1024 * 1024;

/** Proposes a package for a file that XGBoost or LightGBM wrote by itself. */
export async function proposeBooster(
  facts: ProposeOptions,
  source: string,
): Promise<Proposal> {
  const { context, options, target } = facts;
  const { runtime, version, features, output } = await readBooster(source);
  const block = await mlserverBlock(facts, {
    runtime,
    ...(version && { pins: [`${runtime}==${version}`] }),
  });
  const inside = await pathInside(source, target);
  const artifact = inside ?? `model${extname(source).toLowerCase()}`;
  return {
    ...{ format: 'mlserver', artifact, mlserver: block.mlserver },
    contents: block.contents,
    copies: { ...block.copies, ...(!inside && { [artifact]: source }) },
    inputs: await tensorsOf(
      context,
      options,
      'input',
      features === undefined
        ? undefined
        : [{ name: 'features', datatype: 'FP32', shape: [-1, features] }],
    ),
    outputs: await tensorsOf(context, options, 'output', output && [output]),
    ...(version && { lineage: { environment: { [runtime]: version } } }),
    interfaceFrom: 'Proposed from what the model says of itself: check it',
    notes: [],
  };
}

async function readBooster(path: string): Promise<Booster> {
  const end = extname(path).toLowerCase();
  if (end === '.ubj' || end === '.bst') return { runtime: 'xgboost' };
  const { size } = await stat(path).catch(() => {
    throw usageError(`There is no file ${path}`);
  });
  if (size > MAX_READ) {
    return { runtime: end === '.txt' ? 'lightgbm' : 'xgboost' };
  }
  const text = await readFile(path, 'utf8');
  const booster = end === '.txt' ? readLightgbm(text) : readXgboost(text);
  if (booster) return booster;
  throw usageError(
    `${path} is no model of ${end === '.txt' ? 'LightGBM' : 'XGBoost'}`,
    'Write one with save_model of the booster.',
  );
}

/** The text of `Booster.save_model`: `key=value` lines before the trees. */
function readLightgbm(text: string): Booster | undefined {
  if (!text.startsWith('tree\n')) return undefined;
  const head = text.slice(0, text.indexOf('\nTree='));
  const number = (key: string) =>
    Number(new RegExp(`^${key}=(\\d+)$`, 'm').exec(head)?.[1]);
  const [last, classes] = [number('max_feature_idx'), number('num_class')];
  if (Number.isNaN(last) || Number.isNaN(classes)) return undefined;
  return {
    runtime: 'lightgbm',
    features: last + 1,
    output: { name: 'predict', datatype: 'FP64', shape: [-1, classes] },
  };
}

/** The JSON of `Booster.save_model`, as XGBoost documents its model schema. */
function readXgboost(text: string): Booster | undefined {
  const learner = (() => {
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  })() as
    | {
        version?: number[];
        learner?: {
          learner_model_param?: Record<string, string>;
          objective?: { name?: string };
        };
      }
    | undefined;
  const features = Number(learner?.learner?.learner_model_param?.num_feature);
  const objective = learner?.learner?.objective?.name;
  if (!Number.isInteger(features) || !objective) return undefined;
  const isClassifier = /^(binary:logistic|multi:)/.test(objective);
  return {
    ...{ runtime: 'xgboost', features },
    ...(learner.version && { version: learner.version.join('.') }),
    output: {
      name: 'predict',
      datatype: isClassifier ? 'INT64' : 'FP32',
      shape: [-1, 1],
    },
  };
}
