import type { Datatype } from '@ml-platform/plugin-ml-common';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import { flatten } from '../../protocol/flatten';
import { FROM_JSON } from '../../protocol/fromJson';
import { readInferRequest } from '../../protocol/InferRequest';
import { parseAnswer } from '../../protocol/parseAnswer';
import { parseJsonExactly, stringifyExactly } from '../../protocol/parseJson';
import { countOf } from '../../protocol/shapes';
import { toBinary } from '../../protocol/toBinary';
import { toJson } from '../../protocol/toJson';
import type { CallBody, Reply } from './InferenceCall';

type IsBinary = (output: string) => boolean;

interface JsonOutput {
  name: string;
  datatype: Datatype;
  shape: number[];
  data: unknown;
  parameters?: object | null;
}

/**
 * Gives outputs in binary where the caller asked for that and the worker knows
 * JSON only. It holds the answer back until it is whole.
 */
export class BinaryReply implements Reply {
  /** The caller's own reply where no output is to be in binary. */
  static for(reply: Reply, body: Buffer, headers: CallBody['headers']): Reply {
    const isBinary = binaryOutputs(body, headers[HEADER_LENGTH]);
    return isBinary ? new BinaryReply(reply, isBinary) : reply;
  }

  readonly #inner: Reply;
  readonly #isBinary: IsBinary;
  readonly #chunks: Buffer[] = [];
  #begun:
    | { status: number; headers: Parameters<Reply['begin']>[1] }
    | undefined;

  private constructor(inner: Reply, isBinary: IsBinary) {
    this.#inner = inner;
    this.#isBinary = isBinary;
  }

  get started(): boolean {
    return this.#begun !== undefined || this.#inner.started;
  }

  get gone(): boolean {
    return this.#inner.gone;
  }

  onGone(listener: () => void): void {
    this.#inner.onGone(listener);
  }

  setHeader(name: string, value: string | number): void {
    this.#inner.setHeader(name, value);
  }

  begin(status: number, headers: Record<string, string | number>): void {
    this.#begun = { status, headers };
  }

  write(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  onDrain(listener: () => void): void {
    listener();
  }

  end(chunk?: Buffer): void {
    if (chunk) this.#chunks.push(chunk);
    const { status = 200, headers = {} } = this.#begun ?? {};
    const plain = Buffer.concat(this.#chunks);
    const made = status < 400 ? encode(plain, this.#isBinary) : undefined;
    const body = made?.body ?? plain;
    this.#inner.begin(status, {
      ...headers,
      ...made?.headers,
      'content-length': body.length,
    });
    this.#inner.end(body);
  }

  breakOff(): void {
    this.#inner.breakOff();
  }

  refuse(error: Parameters<Reply['refuse']>[0]): Promise<number> {
    return this.#inner.refuse(error);
  }
}

/** Which outputs a request wants in binary; undefined for none. */
function binaryOutputs(
  body: Buffer,
  headerLength: string | undefined,
): IsBinary | undefined {
  const json =
    headerLength === undefined ? body : body.subarray(0, Number(headerLength));
  // Most requests are done with after this look.
  if (
    !json.includes('"binary_data_output"') &&
    !json.includes('"binary_data"')
  ) {
    return undefined;
  }
  const request = readInferRequest(parseJsonExactly(json.toString('utf8')));
  const { binaryOutput, outputs } = request;
  if (!outputs) return binaryOutput ? () => true : undefined;
  const names = new Set(
    outputs.filter(({ binary }) => binary).map(({ name }) => name),
  );
  return names.size ? name => names.has(name) : undefined;
}

/** The answer in binary; undefined where it is not of the protocol, which is for the caller to see. */
function encode(
  plain: Buffer,
  isBinary: IsBinary,
): { body: Buffer; headers: Record<string, string | number> } | undefined {
  try {
    const answer = parseAnswer(plain.toString('utf8')) as Record<
      string,
      unknown
    > & { outputs: JsonOutput[] };
    const binary: Buffer[] = [];
    const outputs = answer.outputs.map(({ data, parameters, ...rest }) => {
      const { datatype, name, shape } = rest;
      const values = FROM_JSON[datatype](
        name,
        flatten(name, data, shape, countOf(shape)),
      );
      if (!isBinary(name)) {
        const head = stringifyExactly({ ...rest, parameters }).slice(0, -1);
        return `${head},"data":[${toJson(datatype, values)}]}`;
      }
      const bytes = toBinary(values);
      binary.push(bytes);
      return stringifyExactly({
        ...rest,
        parameters: { ...parameters, binary_data_size: bytes.length },
      });
    });
    const { outputs: _, ...envelope } = answer;
    const start = stringifyExactly(envelope).slice(0, -1);
    const json = Buffer.from(
      `${start}${start === '{' ? '' : ','}"outputs":[${outputs.join(',')}]}`,
    );
    return {
      body: Buffer.concat([json, ...binary]),
      headers: {
        'content-type': 'application/octet-stream',
        [HEADER_LENGTH]: json.length,
      },
    };
  } catch {
    return undefined;
  }
}
