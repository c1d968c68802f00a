import {
  checkRequirements,
  MLSERVER_RUNTIMES,
} from '@ml-platform/plugin-ml-common';
import { createHash } from 'node:crypto';
import { LoadRefusedError } from '../serving/workers/Worker';
import { minorOf } from './findPython';

/** The version of MLServer that is used where the requirements name none. */
export const MLSERVER_VERSION = '1.7.1';

/** One call of pip: what it is to install, and with which options. */
export interface PipStep {
  args: string[];
}

/** An environment, by everything it is made of. */
export interface EnvironmentPlan {
  /** The same for versions that can share it. */
  id: string;
  python: string;
  /** Text of the file that `-r requirements.txt` reads. */
  requirements: string;
  /** Text of the file that `-c constraints.txt` reads. */
  constraints: string;
  steps: PipStep[];
}

/** Works out how the environment for a version's requirements is made. */
export function planEnvironment(options: {
  python: string;
  requirements: string;
}): EnvironmentPlan {
  const { requirements: pins, issues } = checkRequirements(
    'requirements.txt',
    options.requirements,
  );
  if (issues.length) {
    throw new LoadRefusedError(
      `its requirements cannot be installed: line ${issues[0].line} ${issues[0].message}`,
      'INSTALL_FAILED',
    );
  }
  const versions = new Map(pins.map(({ name, version }) => [name, version]));
  const mlserver = versions.get('mlserver') ?? MLSERVER_VERSION;
  const own = [`mlserver==${mlserver}`];
  const bare: string[] = [];
  for (const [runtime, { packages }] of Object.entries(MLSERVER_RUNTIMES)) {
    const name = `mlserver-${runtime}`;
    if (!packages.some(each => versions.has(each)) || versions.has(name)) {
      continue;
    }
    // It asks for `xgboost`, which would come on top of its smaller twin.
    if (runtime === 'xgboost' && !versions.has('xgboost')) {
      bare.push(`${name}==${mlserver}`);
      if (!versions.has('scikit-learn')) own.push('scikit-learn');
    } else own.push(`${name}==${mlserver}`);
  }
  const constraints = pins.map(({ name, version }) => `${name}==${version}\n`);
  const python = minorOf(options.python);
  const given = ['-r', 'requirements.txt'];
  const constrained = [...own, '-c', 'constraints.txt'];
  // With hashes, pip wants one for everything that it installs at a time.
  const isHashed = /--hash[=\s]/.test(options.requirements);
  const steps = isHashed
    ? [{ args: given }, { args: constrained }]
    : [{ args: [...given, ...own] }];
  if (bare.length) steps.push({ args: ['--no-deps', ...bare] });
  const lines = options.requirements
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line && !line.startsWith('#'));
  const id = createHash('sha256')
    .update(JSON.stringify([1, python, isHashed ? lines : [...lines].sort()]))
    .update(JSON.stringify(steps))
    .digest('hex')
    .slice(0, 32);
  return {
    id,
    python,
    requirements: options.requirements,
    constraints: [...constraints].sort().join(''),
    steps,
  };
}
