import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { CommandContext } from '../../CommandContext';
import { usageError } from '../parseRef';
import type { InitOptions } from './command';
import { isUrl, pathInside } from './places';
import type { Proposal } from './Proposal';
import { proposeBooster } from './proposeBooster';
import { proposeContainer } from './proposeContainer';
import { proposeMlflow } from './proposeMlflow';
import { proposePickle } from './proposePickle';
import { readModel } from './readModel';

/** What there is to go by. */
export interface ProposeOptions {
  context: CommandContext;
  /** File, folder or address of a running server. */
  source: string | undefined;
  options: InitOptions;
  name: string;
  /** Directory of the package. */
  target: string;
  /** Whether the directory is the source itself. */
  isInPlace: boolean;
}

/** Tells from a source which format fits it, and reads out of it what it says. */
export async function propose(facts: ProposeOptions): Promise<Proposal> {
  const { source, options } = facts;
  if (options.image && options.command) {
    throw usageError('--image and --command contradict each other');
  }
  if (isUrl(source) || options.image || options.command) {
    return proposeContainer(facts);
  }
  if (!source) {
    throw usageError(
      'Nothing says what to make a package of',
      'Name a model file, a folder of MLflow, or a server with --image or --command.',
    );
  }
  if (existsSync(join(source, 'MLmodel'))) return proposeMlflow(facts, source);
  if (await isPickle(source)) return proposePickle(facts, source);
  if (/^\.(json|ubj|bst|txt)$/.test(extname(source).toLowerCase())) {
    return proposeBooster(facts, source);
  }
  return proposeOnnx(facts, source);
}

async function proposeOnnx(
  { target }: ProposeOptions,
  source: string,
): Promise<Proposal> {
  const { inputs, outputs, producer } = await readModel(source);
  const [library, version] = producer.split(' ');
  const inside = await pathInside(source, target);
  return {
    ...{ format: 'onnx', inputs, outputs, contents: {}, notes: [] },
    artifact: inside ?? 'model.onnx',
    copies: inside ? {} : { 'model.onnx': source },
    ...(library &&
      version && { lineage: { environment: { [library]: version } } }),
    interfaceFrom: 'Read from the model',
  };
}

async function isPickle(path: string): Promise<boolean> {
  if (/\.(pkl|pickle|joblib|cloudpickle)(\.(gz|z))?$/i.test(path)) {
    return existsSync(path);
  }
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const head = Buffer.alloc(2);
    await file.read(head, 0, 2, 0);
    return head[0] === 0x80 && head[1] >= 2 && head[1] <= 5;
  } catch {
    // A directory; others say so better.
    return false;
  } finally {
    await file.close();
  }
}
