import {
  type Batching,
  hasPersonalData,
  type ModelInterface,
} from '@ml-platform/plugin-ml-common';
import { InferenceSession, type Tensor } from 'onnxruntime-node';
import { BodyParts } from '../protocol/BodyParts';
import { SHAPES_HEADER, TIMING_HEADER } from '../telemetry/workerReport';
import { Batcher } from './Batcher';
import { findInterfaceMismatch } from './checkInterface';
import { decodeInputs } from './decodeInputs';
import { findSizeClash } from './findSizeClash';
import { type OutputEncoder, outputEncoder } from './encodeOutputs';
import { shapesHeader, StageWatch } from './reportWork';
import { badRequest, InferenceError, quoted } from '../protocol/InferenceError';
import { type InferRequest, readInferRequest } from '../protocol/InferRequest';
import { parseBody } from '../protocol/parseBody';
import { parseJsonExactly } from '../protocol/parseJson';

export interface OnnxModelOptions {
  model: string;
  version: string;
  modelPath: string;
  interface: ModelInterface;
  batching?: Batching;
  threads: number;
}

/** What a request is answered with: JSON, and binary tensors after it when some were asked for. */
export interface InferAnswer {
  json: string;
  binary?: Buffer[];
  /** Headers that tell the gateway of the work. */
  report: Record<string, string>;
}

interface SelectedOutput {
  encoder: OutputEncoder;
  isBinary: boolean;
}

/** An ONNX model that answers inference requests of the protocol. */
export class OnnxModel {
  /** Throws an error whose message is the reason, for people, that the model cannot be served. */
  static async load(options: OnnxModelOptions): Promise<OnnxModel> {
    const session = await createSession(options);
    const mismatch = findInterfaceMismatch(
      options.interface,
      session.inputMetadata,
      session.outputMetadata,
    );
    if (mismatch) throw new Error(mismatch);
    return new OnnxModel(session, options);
  }

  readonly #session: InferenceSession;
  readonly #interface: ModelInterface;
  readonly #encoders: OutputEncoder[];
  readonly #outputNames: string[];
  readonly #parse: (text: string) => unknown;
  readonly #head: string;
  readonly #batcher: Batcher | undefined;

  private constructor(session: InferenceSession, options: OnnxModelOptions) {
    this.#session = session;
    this.#interface = options.interface;
    this.#encoders = options.interface.outputs.map(outputEncoder);
    this.#outputNames = this.#encoders.map(({ name }) => name);
    this.#head = `{"model_name":${JSON.stringify(
      options.model,
    )},"model_version":${JSON.stringify(options.version)},`;
    this.#batcher =
      options.batching &&
      new Batcher({
        ...options.batching,
        run: (feeds, outputs) => session.run(feeds, outputs),
        onMisfit: reason =>
          console.error(
            `Batching is off until the worker starts again: the model does not give one row for each row, ${reason}`,
          ),
      });
    const hasLongIntegers = options.interface.inputs.some(({ datatype }) =>
      ['INT64', 'UINT64'].includes(datatype),
    );
    this.#parse = hasLongIntegers ? parseJsonExactly : JSON.parse;
  }

  /**
   * Answers a request; `headerLength` is the header that one with binary
   * tensors has. One whose signal aborts may never be computed.
   */
  async infer(
    body: Buffer,
    headerLength: string | undefined,
    signal: AbortSignal,
  ): Promise<InferAnswer> {
    const watch = new StageWatch();
    const parts = new BodyParts(body, headerLength);
    const request = readInferRequest(parseBody(parts.json, this.#parse));
    const outputs = this.#selectOutputs(request);
    const feeds = decodeInputs(request.inputs, this.#interface.inputs, parts);
    watch.ended('decode');
    const results = await this.#run(feeds, outputs, signal);
    watch.ended('run');
    const answer = this.#encode(request.id, outputs, results);
    watch.ended('encode');
    const report = {
      [TIMING_HEADER]: watch.timing(),
      [SHAPES_HEADER]: shapesHeader(feeds, results),
    };
    return { ...answer, report };
  }

  #encode(
    id: string | undefined,
    outputs: SelectedOutput[],
    results: InferenceSession.ReturnType,
  ): Omit<InferAnswer, 'report'> {
    const binary: Buffer[] = [];
    const tensors = outputs.map(({ encoder, isBinary }) =>
      encoder.encode(results[encoder.name], isBinary ? binary : undefined),
    );
    const start = id === undefined ? '' : `"id":${JSON.stringify(id)},`;
    const json = `${this.#head}${start}"outputs":[${tensors.join(',')}]}`;
    return { json, binary: outputs.some(o => o.isBinary) ? binary : undefined };
  }

  #selectOutputs({ outputs, binaryOutput }: InferRequest): SelectedOutput[] {
    if (!outputs) {
      return this.#encoders.map(encoder => ({
        encoder,
        isBinary: binaryOutput,
      }));
    }
    return outputs.map(({ name: wanted, binary: isBinary }) => {
      const encoder = this.#encoders.find(({ name }) => name === wanted);
      if (encoder) return { encoder, isBinary };
      throw badRequest(
        `output ${quoted(
          wanted,
        )} is not known to the model; it gives ${this.#outputNames
          .map(name => `'${name}'`)
          .join(', ')}`,
      );
    });
  }

  async #run(
    feeds: Record<string, Tensor>,
    outputs: SelectedOutput[],
    signal: AbortSignal,
  ): Promise<InferenceSession.ReturnType> {
    try {
      const names = outputs.map(({ encoder }) => encoder.name);
      return await (this.#batcher?.run(feeds, names, signal) ??
        this.#session.run(feeds, names));
    } catch (error) {
      // Then it is the caller's mistake, and no sign of a bad version.
      const clash = findSizeClash(feeds, this.#session.inputMetadata);
      if (clash) throw badRequest(clash);
      // ONNX Runtime quotes values, such as an index that is out of bounds.
      const why = hasPersonalData({ interface: this.#interface })
        ? 'why is withheld, because its interface has personal data'
        : messageOf(error);
      throw new InferenceError(500, `the model failed on this request: ${why}`);
    }
  }
}

async function createSession({
  modelPath,
  threads,
}: OnnxModelOptions): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(modelPath, {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
    });
  } catch (error) {
    throw new Error(
      `ONNX Runtime cannot load the artifact: ${messageOf(error).replaceAll(
        modelPath,
        'it',
      )}`,
    );
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
