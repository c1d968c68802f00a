import { extname } from 'node:path';
import {
  importKind,
  type MlserverRuntime,
  type OnnxTensor,
  type PickleFacts,
  PickleReadError,
  scanPickle,
} from '@ml-platform/plugin-ml-common';
import { CliError } from '../../errors/CliError';
import { openFileSource } from '@ml-platform/packaging';
import { usageError } from '../parseRef';
import { mlserverBlock } from './mlserverFacts';
import { tensorsOf } from './parseTensor';
import { pathInside } from './places';
import type { Proposal } from './Proposal';
import type { ProposeOptions } from './propose';

const REGRESSORS =
  /(Regressor|Regression|Ridge|RidgeCV|Lasso|LassoCV|ElasticNet|ElasticNetCV|SVR)$/;

/** Proposes a package for a pickle, which is looked into and never loaded. */
export async function proposePickle(
  facts: ProposeOptions,
  source: string,
): Promise<Proposal> {
  const { context, options, target } = facts;
  const pickle = await lookInto(source);
  expectHarmless(source, pickle, options.acceptImport);
  const runtime = runtimeOf(pickle, source);
  const { sklearnVersion, features, type } = pickle;
  const isKnown = runtime === 'sklearn' && sklearnVersion;
  const block = await mlserverBlock(facts, {
    runtime,
    ...(isKnown && { pins: [`scikit-learn==${sklearnVersion}`] }),
  });
  const inside = await pathInside(source, target);
  const artifact = inside ?? `model${extname(source).toLowerCase()}`;
  const inputs: OnnxTensor[] | undefined =
    features === undefined
      ? undefined
      : [{ name: 'features', datatype: 'FP64', shape: [-1, features] }];
  const outputs: OnnxTensor[] | undefined =
    type && REGRESSORS.test(type) && !type.endsWith('LogisticRegression')
      ? [{ name: 'predict', datatype: 'FP64', shape: [-1, 1] }]
      : undefined;
  return {
    ...{ format: 'mlserver', artifact, mlserver: block.mlserver },
    contents: block.contents,
    copies: { ...block.copies, ...(!inside && { [artifact]: source }) },
    inputs: await tensorsOf(context, options, 'input', inputs),
    outputs: await tensorsOf(context, options, 'output', outputs),
    ...(sklearnVersion && {
      lineage: { environment: { 'scikit-learn': sklearnVersion } },
    }),
    interfaceFrom:
      'Proposed by ml init, which does not load a pickle: check it',
    notes: [
      `It is a ${type ?? 'pickle'}${
        sklearnVersion ? `, written by scikit-learn ${sklearnVersion}` : ''
      }; it was looked into, not loaded`,
    ],
  };
}

async function lookInto(path: string): Promise<PickleFacts> {
  const source = await openFileSource(path);
  try {
    return await scanPickle({ source });
  } catch (error) {
    if (!(error instanceof PickleReadError)) throw error;
    throw new CliError({
      code: 'MODEL_UNUSABLE',
      message: `${path} cannot be looked into as a pickle: ${error.message}`,
      hint: 'Write it again with joblib.dump(model, path), or export the model to ONNX.',
    });
  } finally {
    await source.close();
  }
}

function expectHarmless(
  file: string,
  { imports }: PickleFacts,
  accepted: readonly string[] = [],
) {
  const open = imports.filter(
    name => importKind(name) !== 'library' && !accepted.includes(name),
  );
  if (!open.length) return;
  throw new CliError({
    code: 'PICKLE_IMPORTS',
    message: `${file} imports what a model has no need for; nothing was written`,
    issues: open.map(name => ({
      ...{ file, field: '' },
      message: `imports '${name}', ${
        importKind(name) === 'dangerous'
          ? 'which can do harm when the pickle is loaded'
          : 'which is of no known library'
      }`,
      remedy: `find out why; if it has to be: --accept-import ${name}`,
    })),
  });
}

function runtimeOf(
  { type, imports }: PickleFacts,
  file: string,
): MlserverRuntime {
  const libraries = ['sklearn', 'xgboost', 'lightgbm'];
  const uses = (library: string) =>
    imports.some(name => name.startsWith(`${library}.`));
  // The runtimes for boosters read the libraries' own files; pickles are for that of scikit-learn.
  if (
    libraries.some(library => type?.startsWith(`${library}.`) || uses(library))
  ) {
    return 'sklearn';
  }
  throw usageError(
    `${file} is no model of scikit-learn, XGBoost or LightGBM: it is a ${
      type ?? 'value of no class'
    }`,
    'Save it with mlflow.pyfunc.save_model and name that folder, or package a server of your own.',
  );
}
