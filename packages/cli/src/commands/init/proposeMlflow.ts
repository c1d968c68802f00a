import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Datatype, OnnxTensor } from '@ml-platform/plugin-ml-common';
import { parse } from 'yaml';
import { z } from 'zod';
import { collectFiles } from '@ml-platform/packaging';
import { usageError } from '../parseRef';
import { mlserverBlock } from './mlserverFacts';
import { tensorsOf } from './parseTensor';
import { pathInside } from './places';
import type { Proposal } from './Proposal';
import type { ProposeOptions } from './propose';

/** The parts of `MLmodel` that are read; MLflow 1 to 3 write them. */
const mlmodelSchema = z.looseObject({
  flavors: z.record(z.string(), z.looseObject({})),
  run_id: z.string().nullish(),
  mlflow_version: z.string().nullish(),
  utc_time_created: z.string().nullish(),
  signature: z
    .looseObject({
      inputs: z.string().nullish(),
      outputs: z.string().nullish(),
    })
    .nullish(),
});

const signatureSchema = z.array(
  z.looseObject({
    type: z.string(),
    name: z.union([z.string(), z.int()]).optional(),
    'tensor-spec': z
      .looseObject({ dtype: z.string(), shape: z.array(z.int()) })
      .optional(),
  }),
);

/** Column types of MLflow, as the MLflow runtime of MLServer maps them. */
const COLUMNS: Record<string, Datatype> = {
  boolean: 'BOOL',
  integer: 'INT32',
  long: 'INT64',
  float: 'FP32',
  double: 'FP64',
  string: 'BYTES',
  binary: 'BYTES',
  datetime: 'BYTES',
};

const FLAVORS: Record<string, [library: string, field: string]> = {
  sklearn: ['scikit-learn', 'sklearn_version'],
  xgboost: ['xgboost', 'xgb_version'],
  lightgbm: ['lightgbm', 'lgb_version'],
  pytorch: ['torch', 'pytorch_version'],
};

/** Proposes a package for a folder that MLflow wrote, by what its `MLmodel` says. */
export async function proposeMlflow(
  facts: ProposeOptions,
  source: string,
): Promise<Proposal> {
  const { context, options, target } = facts;
  const { flavors, signature, ...about } = await readMlmodel(source);
  if (!flavors.python_function) {
    throw usageError(
      `${source} has no flavor python_function, so MLServer cannot run it`,
      `Its flavors are ${Object.keys(flavors).join(', ') || 'none'}.`,
    );
  }
  const mlmodel = await pathInside(join(source, 'MLmodel'), target);
  const folder = mlmodel === undefined ? 'model/' : mlmodel.slice(0, -7);
  const { files } = await collectFiles(source);
  const python = String(flavors.python_function.python_version ?? '');
  const ownRequirements = files.some(({ path }) => path === 'requirements.txt');
  const made = await mlserverBlock(facts, {
    runtime: 'mlflow',
    ...(python && { python }),
    ...(ownRequirements && { requirements: `${folder}requirements.txt` }),
  });
  const environment = {
    ...(python && { python }),
    ...(about.mlflow_version && { mlflow: about.mlflow_version }),
    ...versionsOf(flavors),
  };
  const { run_id: run, utc_time_created: created } = about;
  return {
    ...{ format: 'mlserver', artifact: `${folder}MLmodel` },
    mlserver: made.mlserver,
    contents: made.contents,
    copies: {
      ...made.copies,
      ...(mlmodel === undefined &&
        Object.fromEntries(
          files.map(file => [`${folder}${file.path}`, file.absolutePath]),
        )),
    },
    inputs: await tensorsOf(
      context,
      options,
      'input',
      toTensors(signature?.inputs, 'input'),
    ),
    outputs: await tensorsOf(
      context,
      options,
      'output',
      toTensors(signature?.outputs, 'output'),
    ),
    lineage: {
      environment,
      ...(run && { run: { tracker: 'mlflow', id: run } }),
    },
    interfaceFrom: "Taken from the model's MLflow signature",
    notes: created
      ? [`MLflow saved ${basename(source)} at ${created} UTC`]
      : [],
  };
}

async function readMlmodel(source: string) {
  const path = join(source, 'MLmodel');
  const text = await readFile(path, 'utf8');
  try {
    return mlmodelSchema.parse(parse(text));
  } catch (error) {
    throw usageError(
      `${path} cannot be read as a file of MLflow: ${
        (error as Error).message.split('\n')[0]
      }`,
    );
  }
}

/** Undefined where there is no signature, or one of values that no tensor carries. */
function toTensors(
  text: string | null | undefined,
  side: 'input' | 'output',
): OnnxTensor[] | undefined {
  if (!text) return undefined;
  const parsed = (() => {
    try {
      return signatureSchema.safeParse(JSON.parse(text));
    } catch {
      return undefined;
    }
  })();
  if (!parsed?.success) return undefined;
  const tensors = parsed.data.map((spec, index): OnnxTensor | undefined => {
    const tensor = spec['tensor-spec'];
    const datatype = tensor ? ofNumpy(tensor.dtype) : COLUMNS[spec.type];
    if (!datatype) return undefined;
    // MLServer names what the signature does not: inputs from 0, its answer from 1.
    const name = String(
      spec.name ??
        (side === 'input' ? `input-${index}` : `output-${index + 1}`),
    );
    // It gives a second dimension to a list of values.
    const shape = tensor?.shape ?? [-1];
    return {
      ...{ name, datatype },
      shape:
        shape.length === 1 && (side === 'output' || !tensor)
          ? [...shape, 1]
          : shape,
    };
  });
  return tensors.every(item => item !== undefined) && tensors.length
    ? tensors
    : undefined;
}

function ofNumpy(dtype: string): Datatype | undefined {
  if (dtype === 'bool') return 'BOOL';
  if (/^(object|str|bytes|<?[US]\d*)$/.test(dtype)) return 'BYTES';
  const match = /^(u?int|float)(8|16|32|64)$/.exec(dtype);
  if (!match || (match[1] === 'float' && match[2] === '8')) return undefined;
  return `${match[1].replace('float', 'fp').toUpperCase()}${
    match[2]
  }` as Datatype;
}

function versionsOf(
  flavors: Record<string, Record<string, unknown>>,
): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const [flavor, [library, field]] of Object.entries(FLAVORS)) {
    const version = flavors[flavor]?.[field];
    if (typeof version === 'string') versions[library] = version;
  }
  return versions;
}
