import type { MlClient, Model, Version } from '@ml-platform/plugin-ml-common';

/** Beyond what is live, the newest of a model: more would only fill the catalog. */
const NEWEST = 10;

/** A version as its callers see it. */
export interface Contract {
  version: string;
  state: Version['state'];
  /** OpenAPI document. */
  definition: string;
}

/** The contracts of models, from the registry; kept, for the catalog asks often. */
export class Contracts {
  readonly #client: Pick<
    MlClient,
    'getOpenApi' | 'getVersion' | 'listVersions'
  >;
  readonly #known = new Map<string, { of: string; contracts: Contract[] }>();

  constructor(
    client: Pick<MlClient, 'getOpenApi' | 'getVersion' | 'listVersions'>,
  ) {
    this.#client = client;
  }

  /** Of what is live and of the newest versions, the highest first. */
  async of(model: Model): Promise<Contract[]> {
    const live = model.deployments.map(({ version }) => version);
    const of = JSON.stringify([model.versionCount, model.updatedAt, live]);
    const known = this.#known.get(model.name);
    if (known?.of === of) return known.contracts;
    const { items } = await this.#client.listVersions(model.name, {
      limit: NEWEST,
    });
    const versions = [...items];
    for (const version of new Set(live)) {
      if (!version || items.some(item => item.version === version)) continue;
      versions.push(await this.#client.getVersion(model.name, version));
    }
    const contracts: Contract[] = [];
    for (const { state, version } of versions) {
      const document = await this.#client.getOpenApi(model.name, version);
      const definition = JSON.stringify(document, undefined, 2);
      contracts.push({ version, state, definition });
    }
    this.#known.set(model.name, { of, contracts });
    return contracts;
  }

  /** Something has happened to it that its data may not show, such as a deprecation. */
  forget(model: string): void {
    this.#known.delete(model);
  }
}
