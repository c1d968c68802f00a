import type {
  ModelInterface,
  Resources,
  ServedVersion,
} from '@ml-platform/plugin-ml-common';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { tensor } from './models';
import type { TestRegistry } from './TestRegistry';

export const NUMBERS: ModelInterface = {
  inputs: [tensor('x', 'FP32', -1)],
  outputs: [tensor('y', 'FP32', -1)],
};

/** A request to one of the servers in `fixtures/servers`. */
export function numbers(...data: number[]) {
  return {
    inputs: [{ name: 'x', datatype: 'FP32', shape: [data.length], data }],
  };
}

/** What the server in Node does instead of an answer, as its first number. */
export const HARM = {
  exit: -1,
  eatMemory: -2,
  hang: -3,
  tellEnvironment: -4,
  complain: -5,
};

/** Puts a server of a team's own into the registry. */
export function pushServer(
  registry: TestRegistry,
  options: {
    version?: string;
    container?: Partial<NonNullable<ServedVersion['container']>>;
    resources?: Resources;
    interface?: ModelInterface;
  } = {},
): ServedVersion {
  const { container, resources, version = '1.0.0' } = options;
  return registry.pushFiles({
    version,
    files: {
      'server.mjs': serverFile('server.mjs'),
      'server.py': serverFile('server.py'),
    },
    serve: {
      format: 'container',
      interface: options.interface ?? NUMBERS,
      container: { command: ['node', 'server.mjs'], port: 8080, ...container },
      ...(resources && { resources }),
    },
  });
}

function serverFile(name: string): Buffer {
  // eslint-disable-next-line no-restricted-syntax
  return readFileSync(join(__dirname, '../../fixtures/servers', name));
}
