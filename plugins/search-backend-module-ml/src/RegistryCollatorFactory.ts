import { Readable } from 'node:stream';
import type {
  DocumentCollatorFactory,
  IndexableDocument,
} from '@backstage/plugin-search-common';
import {
  mlModelReadPermission,
  type Page,
} from '@ml-platform/plugin-ml-common';

/** As many as a page of the registry may have. */
const PAGE_SIZE = 100;

/** @public */
export interface RegistryCollatorFactoryOptions<T> {
  /** Type of the documents. */
  type: string;
  load: (query: { limit: number; cursor?: string }) => Promise<Page<T>>;
  toDocument: (item: T) => IndexableDocument;
}

/**
 * Reads one kind of thing from the registry, page by page, for the search
 * index. A result is shown to whom the registry would show its model.
 * @public
 */
export class RegistryCollatorFactory<T> implements DocumentCollatorFactory {
  readonly type: string;
  readonly visibilityPermission = mlModelReadPermission;
  readonly #options: RegistryCollatorFactoryOptions<T>;

  constructor(options: RegistryCollatorFactoryOptions<T>) {
    this.type = options.type;
    this.#options = options;
  }

  async getCollator(): Promise<Readable> {
    return Readable.from(this.#read());
  }

  async *#read(): AsyncGenerator<IndexableDocument> {
    const { load, toDocument } = this.#options;
    let cursor: string | undefined;
    do {
      const page = await load({ limit: PAGE_SIZE, cursor });
      yield* page.items.map(toDocument);
      cursor = page.nextCursor;
    } while (cursor);
  }
}
