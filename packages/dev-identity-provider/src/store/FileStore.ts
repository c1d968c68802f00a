import { existsSync, readFileSync } from 'node:fs';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import { writePrivate } from './writePrivate';

interface Item {
  payload: AdapterPayload;
  /** Milliseconds; absent when it does not expire. */
  expiresAt?: number;
}

/**
 * Who is signed in, in one file: a few people on one machine. It is written
 * before a change is acknowledged.
 */
export class FileStore {
  readonly #file: string;
  readonly #items: Map<string, Item>;

  constructor(file: string) {
    this.#file = file;
    this.#items = new Map(
      existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [],
    );
  }

  /** The part of the store that holds one kind of thing. */
  adapter(kind: string): Adapter {
    const keyOf = (id: string) => `${kind}:${id}`;
    const findBy = async (property: 'uid' | 'userCode', value: string) =>
      this.#find(
        ([key, { payload }]) =>
          key.startsWith(keyOf('')) && payload[property] === value,
      );
    return {
      upsert: async (id, payload, expiresIn) => {
        const expiresAt = expiresIn
          ? Date.now() + expiresIn * 1_000
          : undefined;
        this.#items.set(keyOf(id), { payload, expiresAt });
        this.#write();
      },
      find: async id => this.#live(this.#items.get(keyOf(id)))?.payload,
      findByUid: uid => findBy('uid', uid),
      findByUserCode: code => findBy('userCode', code),
      consume: async id => {
        const item = this.#items.get(keyOf(id));
        if (!item) return;
        item.payload.consumed = Math.floor(Date.now() / 1_000);
        this.#write();
      },
      destroy: async id => {
        this.#items.delete(keyOf(id));
        this.#write();
      },
      revokeByGrantId: async grantId => {
        for (const [key, { payload }] of this.#items) {
          if (payload.grantId === grantId) this.#items.delete(key);
        }
        this.#write();
      },
    };
  }

  #find(test: (entry: [string, Item]) => boolean): AdapterPayload | undefined {
    const found = [...this.#items].find(
      entry => test(entry) && this.#live(entry[1]),
    );
    return found?.[1].payload;
  }

  #live(item: Item | undefined): Item | undefined {
    const expired =
      item?.expiresAt !== undefined && item.expiresAt < Date.now();
    return expired ? undefined : item;
  }

  #write(): void {
    for (const [key, item] of this.#items) {
      if (!this.#live(item)) this.#items.delete(key);
    }
    writePrivate(this.#file, JSON.stringify([...this.#items]));
  }
}
