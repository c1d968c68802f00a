import type {
  DatasetUse,
  LineageDirection,
  LineageGraph,
} from '../lineage/types';
import type { Page } from '../registry/types';
import { type MlTransport, toQuery } from './MlTransport';

const versionPath = (model: string, version: string) =>
  `/models/${encodeURIComponent(model)}/versions/${encodeURIComponent(
    version,
  )}`;

/**
 * Where versions come from, and what became of them.
 * @public
 */
export class LineageClient {
  readonly #transport: MlTransport;

  /** @internal */
  constructor(transport: MlTransport) {
    this.#transport = transport;
  }

  /** The graph around a version. */
  get(
    model: string,
    version: string,
    query: {
      /** `both` by default. */
      direction?: LineageDirection;
      /** Steps from version to version, 0 to 20; 5 by default. */
      depth?: number;
    } = {},
  ): Promise<LineageGraph> {
    return this.#transport.request(
      'GET',
      `${versionPath(model, version)}/lineage${toQuery({ ...query })}`,
    );
  }

  /**
   * Versions that were made with a dataset, by model, highest version first.
   * @param dataset - its digest (`sha256:…`) or its URI
   */
  listDatasetUses(
    dataset: string,
    query: { limit?: number; cursor?: string } = {},
  ): Promise<Page<DatasetUse>> {
    return this.#transport.request(
      'GET',
      `/datasets/${encodeURIComponent(dataset)}/versions${toQuery({
        ...query,
      })}`,
    );
  }

  /** The version's training as an OpenLineage 2-0-2 run event. */
  getOpenLineage(model: string, version: string): Promise<object> {
    return this.#transport.request(
      'GET',
      `${versionPath(model, version)}/openlineage`,
    );
  }
}
