import { mkdtemp, readFile, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BackendFeature,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import {
  mockCredentials,
  mockServices,
  startTestBackend,
} from '@backstage/backend-test-utils';
import { catalogServiceMock } from '@backstage/plugin-catalog-node/testUtils';
import scaffolderBackend from '@backstage/plugin-scaffolder-backend';
import type { JsonObject } from '@backstage/types';
import { MlClient } from '@ml-platform/plugin-ml-common';
// The registry as it runs, and not what it might answer.
// eslint-disable-next-line @backstage/no-mixed-plugin-imports
import mlBackend from '@ml-platform/plugin-ml-backend';
import { parse } from 'yaml';
// eslint-disable-next-line @backstage/no-relative-monorepo-imports
import { Front } from '../../../ml-backend/src/__testUtils__/Front';
import scaffolderModuleMl from '..';

/** A task of a template that is over. */
export interface Task {
  status: string;
  log: string;
  output: { text?: { content: string }[]; links?: { url: string }[] };
}

/** The scaffolder as it runs, with one template and the platform beside it. */
export class TemplateBackend {
  readonly #backend: Awaited<ReturnType<typeof startTestBackend>>;
  readonly #front: Front;
  readonly #template: string;
  readonly #user: string;
  readonly folder: string;
  readonly url: string;

  private constructor(
    options: Pick<TemplateBackend, 'folder' | 'url'> & {
      backend: Awaited<ReturnType<typeof startTestBackend>>;
      front: Front;
      template: string;
      user: string;
    },
  ) {
    this.#backend = options.backend;
    this.#front = options.front;
    this.#template = options.template;
    this.#user = options.user;
    this.folder = options.folder;
    this.url = options.url;
  }

  static async start(options: {
    /** Name of its folder in `templates`. */
    template: string;
    user: string;
    features?: BackendFeature[];
    /** Settings below `ml`, on top of what there has to be. */
    ml?: (folder: string) => JsonObject;
  }): Promise<TemplateBackend> {
    const { features = [], ml, template: name, user } = options;
    const file = resolvePackagePath(
      '@ml-platform/plugin-scaffolder-backend-module-ml',
      `../../templates/${name}/template.yaml`,
    );
    const front = new Front();
    const folder = await mkdtemp(join(tmpdir(), 'ml-template-'));
    const url = await front.start();
    const template = parse(await readFile(file, 'utf8'));
    template.metadata.annotations = {
      'backstage.io/managed-by-location': `file:${file}`,
      'backstage.io/source-location': `file:${file}`,
    };
    const backend = await startTestBackend({
      features: [
        scaffolderBackend,
        scaffolderModuleMl,
        mlBackend,
        ...features,
        catalogServiceMock.factory({ entities: [template] }),
        mockServices.rootConfig.factory({
          data: {
            app: { baseUrl: 'http://localhost:3000' },
            backend: { baseUrl: url, workingDirectory: folder },
            scaffolder: {
              ml: { repositories: { directory: join(folder, 'repositories') } },
            },
            ml: {
              artifacts: { embedded: { directory: join(folder, 'artifacts') } },
              // Nobody listens there; a test that deploys brings its own.
              serving: {
                embedded: {
                  control: { url: 'http://127.0.0.1:9', token: 'token' },
                  gateways: {
                    production: 'http://127.0.0.1:9',
                    staging: 'http://127.0.0.1:9',
                  },
                },
              },
              webhooks: { encryptionKey: 'a key for tests' },
              ...ml?.(folder),
            },
          },
        }),
      ],
    });
    front.port = (backend.server.address() as AddressInfo).port;
    return new TemplateBackend({
      ...{ backend, folder, front, url, user },
      template: template.metadata.name,
    });
  }

  async stop(): Promise<void> {
    await this.#backend.stop();
    this.#front.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  get client(): MlClient {
    const authorization = mockCredentials.user.header(this.#user);
    return new MlClient({
      baseUrl: async () => `${this.url}/api/ml`,
      fetch: (input, init) =>
        fetch(input, {
          ...init,
          headers: {
            ...(init?.headers as Record<string, string>),
            authorization,
          },
        }),
    });
  }

  /** Runs the template to its end. */
  async run(values: object): Promise<Task> {
    const { id } = await this.#call('scaffolder/v2/tasks', {
      templateRef: `template:default/${this.#template}`,
      values,
    });
    const deadline = Date.now() + 60_000;
    for (;;) {
      const { status } = await this.#call(`scaffolder/v2/tasks/${id}`);
      if (!['open', 'processing'].includes(status)) {
        const events = await this.#call(`scaffolder/v2/tasks/${id}/events`);
        const log = events.map((event: any) => event.body.message).join('\n');
        const end = events.find((event: any) => event.body.output);
        return { status, log, output: end?.body.output ?? {} };
      }
      if (Date.now() > deadline) throw new Error(`The task is ${status}`);
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  }

  async #call(path: string, body?: object) {
    const response = await fetch(`${this.url}/api/${path}`, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        authorization: mockCredentials.user.header(this.#user),
        'content-type': 'application/json',
      },
    });
    if (!response.ok) throw new Error(await response.text());
    return response.json();
  }
}
