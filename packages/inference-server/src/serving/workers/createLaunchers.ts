import type {
  ServedModelKey,
  ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { join } from 'node:path';
import type { Logger } from '../../log/Logger';
import { Environments } from '../../python/Environments';
import type { Limits } from '../limits';
import { ContainerEngine } from './ContainerEngine';
import { ContainerLauncher } from './ContainerLauncher';
import { MlserverLauncher } from './MlserverLauncher';
import { OnnxLauncher } from './OnnxLauncher';
import { RunFolders } from './RunFolders';
import type { Launcher } from './Worker';

/** What is to be launched. */
export interface LaunchSubject {
  key: ServedModelKey;
  spec: ServedVersion;
  limits: Limits;
}

/** Where workers of all formats come from. */
export interface Launchers {
  /** Clears what a killed server left; before anything is launched. */
  open(): void;
  /** `nextSocketPath` gives fresh paths for the sockets of our own workers. */
  of(subject: LaunchSubject, nextSocketPath: () => string): Launcher;
}

/** Launchers that keep environments and folders of foreign processes in the data folder. */
export function createLaunchers(options: {
  dataDir: string;
  /** Where Python environments are kept, instead of in the data folder. */
  environmentsDir?: string;
  workerPath: string;
  /** Python interpreters to try before those on the path. */
  pythons: readonly string[];
  /** Program of the container engine; without one, images are refused. */
  engine: string | undefined;
  logger: Logger;
}): Launchers {
  const { dataDir, logger, pythons, workerPath } = options;
  const folders = new RunFolders(join(dataDir, 'workers'));
  const environments = new Environments({
    folder: options.environmentsDir ?? join(dataDir, 'environments'),
    ...{ pythons, logger },
  });
  const engine = options.engine
    ? new ContainerEngine({ program: options.engine, dataDir, logger })
    : undefined;
  return {
    open() {
      folders.open();
      environments.open();
      engine?.open();
    },
    of(subject, nextSocketPath) {
      const common = { ...subject, logger };
      switch (subject.spec.format) {
        case 'mlserver':
          return new MlserverLauncher({ ...common, environments, folders });
        case 'container':
          return new ContainerLauncher({ ...common, engine, folders });
        default:
          return new OnnxLauncher({ ...common, workerPath, nextSocketPath });
      }
    },
  };
}
