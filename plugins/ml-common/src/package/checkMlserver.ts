import type { ByteSource } from '../onnx/ByteSource';
import { importKind } from '../pickle/imports';
import { PickleReadError } from '../pickle/PickleReadError';
import {
  looksLikePickle,
  type PickleFacts,
  scanPickle,
} from '../pickle/scanPickle';
import { checkRequirements } from './checkRequirements';
import { MLSERVER_RUNTIMES } from './formats';
import type { PackageIssue } from './issues';
import { PACKAGE_FILES } from './layout';
import type { ModelFile } from './modelFile';

/**
 * A file of a package, opened to look into it.
 * @public
 */
export interface PackageFileSource {
  path: string;
  open(): Promise<ByteSource & { close?(): Promise<void> }>;
}

/**
 * A pickle of a package and what it says of itself.
 * @public
 */
export interface PackagePickle extends PickleFacts {
  path: string;
}

/** @public */
export interface CheckMlserverOptions {
  model: ModelFile;
  /** Every file of the package. */
  files: readonly PackageFileSource[];
}

const MAX_REQUIREMENTS = 1024 * 1024;

/**
 * Everything there is to check of a package for MLServer, for the CLI before
 * a push and for the backend at registration. Pickles are looked into and
 * never loaded. Failures to read a source itself are thrown.
 * @public
 */
export async function checkMlserver(
  options: CheckMlserverOptions,
): Promise<{ issues: PackageIssue[]; pickles: PackagePickle[] }> {
  const { model, files } = options;
  const { mlserver, artifact } = model;
  const issues: PackageIssue[] = [];
  const pickles: PackagePickle[] = [];
  if (!mlserver || !artifact) return { issues, pickles };
  const isMlflow = mlserver.runtime === 'mlflow';
  if (isMlflow && !/(^|\/)MLmodel$/.test(artifact)) {
    issues.push({
      file: PACKAGE_FILES.model,
      field: 'artifact',
      message: `'${artifact}' is no MLmodel`,
      remedy: "name the file 'MLmodel' in the folder that MLflow wrote",
    });
  }
  const folder = artifact.replace(/[^/]*$/, '');
  for (const file of files) {
    const isPart = isMlflow
      ? file.path.startsWith(folder)
      : file.path === artifact;
    if (!isPart) continue;
    await withSource(file, async source => {
      if (!(await isPickle(file.path, source))) return;
      const facts = await look(file.path, source, isMlflow, issues);
      if (!facts) return;
      pickles.push({ path: file.path, ...facts });
      issues.push(...checkImports(file.path, facts, mlserver.acceptImports));
    });
  }
  const requirements = files.find(({ path }) => path === mlserver.requirements);
  if (!requirements) {
    issues.push({
      file: PACKAGE_FILES.model,
      field: 'mlserver.requirements',
      message: `the file '${mlserver.requirements}' is not in the package`,
      remedy: 'put it there, or correct the path',
    });
    return { issues, pickles };
  }
  await withSource(requirements, async source => {
    const bytes = await source.read(0, MAX_REQUIREMENTS);
    const checked = checkRequirements(
      requirements.path,
      new TextDecoder().decode(bytes),
    );
    issues.push(...checked.issues);
    if (checked.issues.length) return;
    const { packages } = MLSERVER_RUNTIMES[mlserver.runtime];
    const versions = new Map(
      checked.requirements.map(({ name, version }) => [name, version]),
    );
    if (!packages.some(name => versions.has(name))) {
      issues.push({
        file: requirements.path,
        field: '',
        message: `names no version of ${packages[0]}, which 'runtime: ${mlserver.runtime}' loads the model with`,
        remedy: `add ${packages[0]}==<the version it was trained with>`,
      });
    }
    const wanted = versions.get('scikit-learn');
    for (const { path, sklearnVersion } of pickles) {
      if (!wanted || !sklearnVersion || wanted === sklearnVersion) continue;
      issues.push({
        file: requirements.path,
        field: '',
        message: `names scikit-learn ${wanted}, but ${path} was written by ${sklearnVersion}; pickles of one version are not safe to read with another`,
        remedy: `write scikit-learn==${sklearnVersion}`,
      });
    }
  });
  return { issues, pickles };
}

async function withSource(
  file: PackageFileSource,
  work: (source: ByteSource) => Promise<void>,
) {
  const source = await file.open();
  try {
    await work(source);
  } finally {
    await source.close?.();
  }
}

/** By its name, or by how it begins: MLflow names pickles as it likes. */
async function isPickle(path: string, source: ByteSource): Promise<boolean> {
  return (
    /\.(pkl|pickle|joblib|cloudpickle)(\.(gz|z))?$/.test(path) ||
    looksLikePickle(await source.read(0, 2))
  );
}

async function look(
  path: string,
  source: ByteSource,
  isMlflow: boolean,
  issues: PackageIssue[],
): Promise<PickleFacts | undefined> {
  try {
    return await scanPickle({
      source,
      writtenBy: isMlflow && !path.endsWith('.joblib') ? 'pickle' : 'joblib',
    });
  } catch (error) {
    if (!(error instanceof PickleReadError)) throw error;
    issues.push({
      file: path,
      field: '',
      message: `cannot be looked into as a pickle: ${error.message}`,
      remedy: 'write it again with joblib.dump(model, path)',
    });
    return undefined;
  }
}

function checkImports(
  file: string,
  { imports }: PickleFacts,
  accepted: readonly string[] = [],
): PackageIssue[] {
  const open = imports.filter(
    name => importKind(name) !== 'library' && !accepted.includes(name),
  );
  return open.map(name => ({
    file,
    field: '',
    message:
      importKind(name) === 'dangerous'
        ? `imports '${name}', which can do harm when the pickle is loaded`
        : `imports '${name}', which is of no known library`,
    remedy: `find out why; if it has to be, list it under mlserver.acceptImports in ${PACKAGE_FILES.model} (ml init: --accept-import ${name})`,
  }));
}
