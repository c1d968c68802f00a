import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import { InferenceSession } from 'onnxruntime-node';
import { findInterfaceMismatch } from './checkInterface';
import { decodeInputs } from './decodeInputs';
import { type OutputEncoder, outputEncoder } from './encodeOutputs';
import { badRequest, InferenceError, quoted } from './InferenceError';
import { readInferRequest } from './InferRequest';
import { parseJsonExactly } from './parseJson';

export interface OnnxModelOptions {
  model: string;
  version: string;
  modelPath: string;
  interface: ModelInterface;
}

/** An ONNX model that answers inference requests in the protocol's JSON. */
export class OnnxModel {
  /** Throws an error whose message is the reason, for people, that the model cannot be served. */
  static async load(options: OnnxModelOptions): Promise<OnnxModel> {
    const session = await createSession(options.modelPath);
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

  private constructor(session: InferenceSession, options: OnnxModelOptions) {
    this.#session = session;
    this.#interface = options.interface;
    this.#encoders = options.interface.outputs.map(outputEncoder);
    this.#outputNames = this.#encoders.map(({ name }) => name);
    this.#head = `{"model_name":${JSON.stringify(
      options.model,
    )},"model_version":${JSON.stringify(options.version)},`;
    const hasLongIntegers = options.interface.inputs.some(({ datatype }) =>
      ['INT64', 'UINT64'].includes(datatype),
    );
    this.#parse = hasLongIntegers ? parseJsonExactly : JSON.parse;
  }

  /** Answers the JSON text of a request with the JSON text of its response. */
  async infer(body: string): Promise<string> {
    const request = readInferRequest(this.#parseBody(body));
    const encoders = this.#selectOutputs(request.outputs);
    const feeds = decodeInputs(request.inputs, this.#interface.inputs);
    const results = await this.#run(feeds, encoders);
    const id =
      request.id === undefined ? '' : `"id":${JSON.stringify(request.id)},`;
    const outputs = encoders.map(({ name, encode }) => encode(results[name]));
    return `${this.#head}${id}"outputs":[${outputs.join(',')}]}`;
  }

  #parseBody(body: string): unknown {
    try {
      return this.#parse(body);
    } catch {
      // The parser's own message quotes the text, which may be personal data.
      throw badRequest(
        body.trim() === ''
          ? 'the body is empty; send {"inputs": [...]} as JSON'
          : 'the body is not valid JSON; note that NaN and Infinity must be in quotes',
      );
    }
  }

  #selectOutputs(names: string[] | undefined): OutputEncoder[] {
    if (!names) return this.#encoders;
    return names.map(wanted => {
      const encoder = this.#encoders.find(({ name }) => name === wanted);
      if (!encoder) {
        throw badRequest(
          `output ${quoted(
            wanted,
          )} is not known to the model; it gives ${this.#outputNames
            .map(name => `'${name}'`)
            .join(', ')}`,
        );
      }
      return encoder;
    });
  }

  async #run(
    feeds: InferenceSession.FeedsType,
    encoders: OutputEncoder[],
  ): Promise<InferenceSession.ReturnType> {
    try {
      return await this.#session.run(
        feeds,
        encoders.map(({ name }) => name),
      );
    } catch (error) {
      throw new InferenceError(
        500,
        `the model failed on this request: ${messageOf(error)}`,
      );
    }
  }
}

async function createSession(modelPath: string): Promise<InferenceSession> {
  try {
    // More threads than one only fight each other when many models share a machine.
    return await InferenceSession.create(modelPath, {
      executionProviders: ['cpu'],
      intraOpNumThreads: 1,
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
