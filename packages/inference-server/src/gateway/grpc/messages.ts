import Long from 'long';
import protobuf from 'protobufjs/light';
import descriptor from './descriptor.json';

/** Messages of `proto/open_inference.proto`, as far as they are looked into. */
export interface ModelInferRequest {
  modelName: string;
  modelVersion: string;
  id: string;
  parameters: Record<string, InferParameter>;
  inputs: InferInputTensor[];
  outputs: Array<{ name: string; parameters: Record<string, InferParameter> }>;
  rawInputContents: Buffer[];
}

export interface InferInputTensor {
  name: string;
  datatype: string;
  shape: Long[];
  parameters: Record<string, InferParameter>;
  contents?: InferTensorContents | null;
}

/** What is not set is empty. */
export interface InferTensorContents {
  boolContents: boolean[];
  intContents: number[];
  int64Contents: Long[];
  uintContents: number[];
  uint64Contents: Long[];
  fp32Contents: number[];
  fp64Contents: number[];
  bytesContents: Buffer[];
}

export interface InferParameter {
  boolParam?: boolean;
  int64Param?: Long;
  stringParam?: string;
  doubleParam?: number;
  uint64Param?: Long;
}

export interface ModelInferResponse {
  modelName: string;
  modelVersion: string;
  id: string;
  parameters?: Record<string, InferParameter>;
  outputs: Array<{
    name: string;
    datatype: string;
    shape: number[];
    parameters?: Record<string, InferParameter>;
    contents?: Partial<Record<keyof InferTensorContents, unknown>>;
  }>;
  rawOutputContents?: Buffer[];
}

/** A version is asked for by name. */
export interface ModelName {
  name: string;
  version: string;
}

// A bundler does not see how protobufjs looks for it, and without it integers beyond 2^53 are rounded.
protobuf.util.Long = Long;
protobuf.configure();

/** All that is in `proto/`. */
export const PROTO = protobuf.Root.fromJSON(descriptor as protobuf.INamespace);
PROTO.resolveAll();

const INFER_RESPONSE = PROTO.lookupType('inference.ModelInferResponse');

export function encodeInferResponse(response: ModelInferResponse): Uint8Array {
  return INFER_RESPONSE.encode(response).finish();
}
