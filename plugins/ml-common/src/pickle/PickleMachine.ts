import type { ByteStream } from './ByteStream';
import { arrayWrapperOf, skipArray } from './joblibArray';
import { PickleReadError } from './PickleReadError';
import {
  OPAQUE,
  PickleDict,
  PickleGlobal,
  PickleObject,
  PickleTuple,
  type PickleValue,
} from './values';

/** Longer texts name no module, and are passed over. */
const MAX_TEXT = 1024;
const MAX_LINE = 16 * 1024 * 1024;
/** More is no model, but an attempt to keep us busy. */
const MAX_OPCODES = 50_000_000;
const MAX_ENTRIES = 5_000_000;
const MAX_TUPLE = 64;

export interface MachineOptions {
  stream: ByteStream;
  /** Whether bytes of arrays stand between the opcodes, as joblib writes them. */
  joblib: boolean;
  onGlobal: (name: string) => void;
  onField: (key: string, value: PickleValue) => void;
}

/**
 * Follows the opcodes of a pickle, protocols 0 to 5, without carrying any of
 * them out: a call gives a note of what would have been called.
 *
 * @remarks
 * The opcodes are those of CPython's `pickletools`. What cannot be followed
 * with certainty (a computed module name, the extension registry, persistent
 * ids) is an error, so that no import is missed.
 */
export class PickleMachine {
  readonly #options: MachineOptions;
  readonly #memo = new Map<number, PickleValue>();
  #stack: PickleValue[] = [];
  #marks: number[] = [];

  constructor(options: MachineOptions) {
    this.#options = options;
  }

  /** Reads one pickle to its end and gives what it would have made. */
  async run(): Promise<PickleValue> {
    const { stream } = this.#options;
    for (let count = 0; count < MAX_OPCODES; count++) {
      if (!stream.has(1)) await stream.fill(1);
      const code = stream.take(1)[0];
      if (code === 0x2e) return this.#pop();
      const pending = this.#step(code);
      if (pending) await pending;
      if (this.#stack.length > MAX_ENTRIES || this.#memo.size > MAX_ENTRIES) {
        throw this.#error('it holds too many values');
      }
    }
    throw this.#error('it has too many opcodes');
  }

  /** Gives a promise only where it has to wait: models have millions of opcodes. */
  #step(code: number): Promise<void> | undefined {
    switch (code) {
      case 0x80: // PROTO
        return this.#options.stream.skip(1);
      case 0x95: // FRAME
        return this.#options.stream.skip(8);
      case 0x28: // MARK
        this.#marks.push(this.#stack.length);
        return undefined;
      case 0x30: // POP
        if (this.#stack.length > (this.#marks.at(-1) ?? 0)) this.#stack.pop();
        else this.#popMark();
        return undefined;
      case 0x31: // POP_MARK
        this.#popMark();
        return undefined;
      case 0x32: // DUP
        this.#push(this.#top());
        return undefined;
      case 0x4e: // NONE
        this.#push(null);
        return undefined;
      case 0x88: // NEWTRUE
      case 0x89: // NEWFALSE
        this.#push(code === 0x88);
        return undefined;
      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET
      case 0x97: // NEXT_BUFFER
        this.#push(OPAQUE);
        return undefined;
      case 0x98: // READONLY_BUFFER
        return undefined;
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        this.#popMark();
        this.#push(OPAQUE);
        return undefined;
      case 0x61: // APPEND
        this.#pop();
        return undefined;
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        this.#popMark();
        return undefined;
      case 0x29: // EMPTY_TUPLE
        this.#push(new PickleTuple([]));
        return undefined;
      case 0x74: // TUPLE
        this.#push(new PickleTuple(this.#popMark().slice(0, MAX_TUPLE)));
        return undefined;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.#push(new PickleTuple(this.#popMany(code - 0x84)));
        return undefined;
      case 0x7d: // EMPTY_DICT
        this.#push(new PickleDict());
        return undefined;
      case 0x64: {
        // DICT
        const items = this.#popMark();
        this.#push(new PickleDict());
        this.#setItems(items);
        return undefined;
      }
      case 0x73: // SETITEM
        this.#setItems(this.#popMany(2));
        return undefined;
      case 0x75: // SETITEMS
        this.#setItems(this.#popMark());
        return undefined;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popMany(2);
        this.#global(module, name);
        return undefined;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [callable, args] = this.#popMany(2);
        this.#call(callable, args);
        return undefined;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callable, args] = this.#popMany(3);
        this.#call(callable, args);
        return undefined;
      }
      case 0x6f: {
        // OBJ
        const [callable, ...args] = this.#popMark();
        this.#call(callable, new PickleTuple(args));
        return undefined;
      }
      case 0x62: // BUILD
        return this.#build();
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return undefined;
      default:
        return this.#stepWithArgument(code);
    }
  }

  async #stepWithArgument(code: number): Promise<void> {
    switch (String.fromCharCode(code)) {
      case 'K': // BININT1
        return this.#push(await this.#uint(1));
      case 'M': // BININT2
        return this.#push(await this.#uint(2));
      case 'J': // BININT
        return this.#push((await this.#uint(4)) | 0);
      case 'G': // BINFLOAT
        await this.#options.stream.skip(8);
        return this.#push(OPAQUE);
      case '\x8a': // LONG1
        return this.#long(await this.#uint(1));
      case '\x8b': // LONG4
        return this.#long(await this.#uint(4));
      case 'I': // INT
      case 'L': {
        // LONG
        const value = Number((await this.#line()).replace(/L$/, ''));
        return this.#push(Number.isInteger(value) ? value : OPAQUE);
      }
      case 'F': // FLOAT
        await this.#line();
        return this.#push(OPAQUE);
      case 'S': {
        // STRING
        const text = /^(['"])(.*)\1$/.exec((await this.#line()).trim())?.[2];
        return this.#push(toPlain(text));
      }
      case 'V': // UNICODE
        return this.#push(toPlain(await this.#line()));
      case 'U': // SHORT_BINSTRING
      case '\x8c': // SHORT_BINUNICODE
        return this.#text(await this.#uint(1));
      case 'T': // BINSTRING
      case 'X': // BINUNICODE
        return this.#text(await this.#uint(4));
      case '\x8d': // BINUNICODE8
        return this.#text(await this.#uint(8));
      case 'C': // SHORT_BINBYTES
        return this.#bytes(await this.#uint(1));
      case 'B': // BINBYTES
        return this.#bytes(await this.#uint(4));
      case '\x8e': // BINBYTES8
      case '\x96': // BYTEARRAY8
        return this.#bytes(await this.#uint(8));
      case 'p': // PUT
        return this.#put(Number(await this.#line()));
      case 'q': // BINPUT
        return this.#put(await this.#uint(1));
      case 'r': // LONG_BINPUT
        return this.#put(await this.#uint(4));
      case 'g': // GET
        return this.#get(Number(await this.#line()));
      case 'h': // BINGET
        return this.#get(await this.#uint(1));
      case 'j': // LONG_BINGET
        return this.#get(await this.#uint(4));
      case 'c': {
        // GLOBAL
        const module = await this.#line();
        return this.#global(module, await this.#line());
      }
      case 'i': {
        // INST
        const module = await this.#line();
        this.#global(module, await this.#line());
        const callable = this.#pop();
        return this.#call(callable, new PickleTuple(this.#popMark()));
      }
      case 'P': // PERSID
      case 'Q': // BINPERSID
        throw this.#error('it refers to objects outside of it');
      case '\x82': // EXT1
      case '\x83': // EXT2
      case '\x84': // EXT4
        throw this.#error('it uses the extension registry of copyreg');
      default:
        throw this.#error(
          `0x${code.toString(16).padStart(2, '0')} is no opcode of a pickle`,
        );
    }
  }

  #global(module: PickleValue, name: PickleValue) {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.#error('it imports a name that is computed');
    }
    const full = `${module}.${name}`
      .replace(/^__builtin__\./, 'builtins.')
      .replace(/^copy_reg\./, 'copyreg.');
    this.#options.onGlobal(full);
    this.#push(new PickleGlobal(full));
  }

  #call(callable: PickleValue, args: PickleValue) {
    const items = args instanceof PickleTuple ? args.items : [];
    const name = callable instanceof PickleGlobal ? callable.name : undefined;
    // These make an instance of their first argument.
    const made =
      name && /^copyreg\.(_reconstructor|__newobj__|__newobj_ex__)$/.test(name)
        ? items[0]
        : callable;
    this.#push(
      new PickleObject(
        made instanceof PickleGlobal ? made.name : undefined,
        items,
      ),
    );
  }

  #build(): Promise<void> | undefined {
    const state = this.#pop();
    const object = this.#top();
    if (!(object instanceof PickleObject)) return undefined;
    object.state = state;
    const wrapper = this.#options.joblib && arrayWrapperOf(object);
    if (!wrapper) return undefined;
    return skipArray(wrapper, this.#options.stream, async () => {
      await new PickleMachine({ ...this.#options, joblib: false }).run();
    });
  }

  #setItems(items: PickleValue[]) {
    const target = this.#top();
    for (let index = 0; index + 1 < items.length; index += 2) {
      const key = items[index];
      const value = items[index + 1];
      if (target instanceof PickleDict) target.set(key, value);
      if (typeof key === 'string') this.#options.onField(key, value);
    }
  }

  async #uint(length: number): Promise<number> {
    const { stream } = this.#options;
    if (!stream.has(length)) await stream.fill(length);
    const value = stream
      .take(length)
      .reduceRight((sum, byte) => sum * 256 + byte, 0);
    if (value <= Number.MAX_SAFE_INTEGER) return value;
    throw this.#error('it has a length beyond all bounds');
  }

  async #text(length: number) {
    if (length > MAX_TEXT) return this.#bytes(length);
    const { stream } = this.#options;
    if (!stream.has(length)) await stream.fill(length);
    return this.#push(new TextDecoder().decode(stream.take(length)));
  }

  async #bytes(length: number) {
    await this.#options.stream.skip(length);
    this.#push(OPAQUE);
  }

  async #long(length: number) {
    if (length > 6) return this.#bytes(length);
    const value = await this.#uint(length);
    const bound = 256 ** length;
    return this.#push(value >= bound / 2 ? value - bound : value);
  }

  #line() {
    return this.#options.stream.line(MAX_LINE);
  }

  #put(index: number) {
    this.#memo.set(index, this.#top());
  }

  #get(index: number) {
    const value = this.#memo.get(index);
    if (value === undefined) throw this.#error('it refers to nothing');
    this.#push(value);
  }

  #push(value: PickleValue) {
    this.#stack.push(value);
  }

  #top(): PickleValue {
    if (this.#stack.length <= (this.#marks.at(-1) ?? 0)) throw this.#short();
    return this.#stack[this.#stack.length - 1];
  }

  #pop(): PickleValue {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #popMany(count: number): PickleValue[] {
    const from = this.#stack.length - count;
    if (from < (this.#marks.at(-1) ?? 0)) throw this.#short();
    return this.#stack.splice(from);
  }

  #popMark(): PickleValue[] {
    const mark = this.#marks.pop();
    if (mark === undefined) throw this.#short();
    return this.#stack.splice(mark);
  }

  #short() {
    return this.#error('it takes more values than it has');
  }

  #error(message: string) {
    return new PickleReadError(message, this.#options.stream.offset);
  }
}

/** A text as it is written, unless it has escapes. */
function toPlain(text: string | undefined): PickleValue {
  return text === undefined || text.includes('\\') || text.length > MAX_TEXT
    ? OPAQUE
    : text;
}
