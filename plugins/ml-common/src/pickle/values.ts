/** What stands on the stack of the machine; nothing of it is ever called. */
export type PickleValue =
  | string
  | number
  | boolean
  | null
  | PickleTuple
  | PickleDict
  | PickleGlobal
  | PickleObject
  | typeof OPAQUE;

/** A value that need not be known: a list, bytes, a long text. */
export const OPAQUE: unique symbol = Symbol('opaque');

export class PickleTuple {
  constructor(readonly items: readonly PickleValue[]) {}
}

/** Keeps the entries with short text as their key. */
export class PickleDict {
  static readonly #LIMIT = 256;
  readonly entries = new Map<string, PickleValue>();

  set(key: PickleValue, value: PickleValue) {
    if (typeof key !== 'string') return;
    if (this.entries.size < PickleDict.#LIMIT || this.entries.has(key)) {
      this.entries.set(key, value);
    }
  }
}

/** A class or function, by its full name. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** What a call would have made. */
export class PickleObject {
  state?: PickleValue;

  constructor(
    /** Full name of its class, or of the function that makes it. */
    readonly of: string | undefined,
    readonly args: readonly PickleValue[],
  ) {}

  get fields(): ReadonlyMap<string, PickleValue> {
    // Where a class has slots as well, the fields are the first of two.
    const state =
      this.state instanceof PickleTuple ? this.state.items[0] : this.state;
    return state instanceof PickleDict ? state.entries : new Map();
  }
}
