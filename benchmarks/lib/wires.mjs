// The encodings of the Open Inference Protocol, as callers send and read them.
import { join } from 'node:path';
import { inferPath, packageDir, require } from './InferenceServer.mjs';
import { GrpcConnection, grpcRequest } from './load/GrpcConnection.mjs';
import { HttpConnection, httpRequest } from './load/HttpConnection.mjs';

const HEADER_LENGTH = 'inference-header-content-length';
const INPUT = 'features';

const protobuf = require('protobufjs');
const { lookupType } = loadProto();

function loadProto() {
  const root = new protobuf.Root();
  root.resolvePath = (_, name) => join(packageDir, 'proto', name);
  root.loadSync('open_inference.proto');
  return { lookupType: name => root.lookupType(`inference.${name}`) };
}

/**
 * How a model is asked over a wire: `open` a connection, the bytes of the
 * `request`, and how the numbers of an answer are `read`.
 */
export const WIRES = {
  'REST, JSON': ({ target, model, path = inferPath(model), ...call }) => ({
    open: () => new HttpConnection(target),
    request: httpRequest({
      path,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        inputs: [{ ...tensorOf(call), data: [...call.features] }],
        outputs: [{ name: call.output }],
      }),
    }),
    read: ({ body }) => JSON.parse(body.toString()).outputs[0].data,
  }),
  'REST, binary': ({ target, model, ...call }) => {
    const bytes = bytesOf(call.features);
    const header = Buffer.from(
      JSON.stringify({
        inputs: [
          {
            ...tensorOf(call),
            parameters: { binary_data_size: bytes.length },
          },
        ],
        outputs: [{ name: call.output, parameters: { binary_data: true } }],
      }),
    );
    return {
      open: () => new HttpConnection(target),
      request: httpRequest({
        path: inferPath(model),
        headers: {
          'content-type': 'application/octet-stream',
          [HEADER_LENGTH]: header.length,
        },
        body: Buffer.concat([header, bytes]),
      }),
      read: ({ head, body }) => {
        const start = new RegExp(`${HEADER_LENGTH}: *(\\d+)`, 'i').exec(head);
        return floatsOf(body.subarray(Number(start[1])), 'FP32');
      },
    };
  },
  gRPC: ({ grpcPort, model, ...call }) => {
    const requestType = lookupType('ModelInferRequest');
    const responseType = lookupType('ModelInferResponse');
    const message = requestType.fromObject({
      modelName: model,
      inputs: [tensorOf(call)],
      outputs: [{ name: call.output }],
      rawInputContents: [bytesOf(call.features)],
    });
    return {
      open: () =>
        new GrpcConnection({
          port: grpcPort,
          method: '/inference.GRPCInferenceService/ModelInfer',
        }),
      request: grpcRequest(requestType.encode(message).finish()),
      read: ({ body }) => {
        const { outputs, rawOutputContents } = responseType.decode(body);
        const [{ contents, datatype }] = outputs;
        if (rawOutputContents.length) {
          return floatsOf(rawOutputContents[0], datatype);
        }
        return datatype === 'FP32'
          ? contents.fp32Contents
          : contents.fp64Contents;
      },
    };
  },
};

/** Numbers for as many rows, the same in every run. */
export function featuresOf({ rows, width }) {
  return Float32Array.from({ length: rows * width }, (_, i) =>
    Number(Math.sin(i).toFixed(4)),
  );
}

function tensorOf({ rows, width }) {
  return { name: INPUT, datatype: 'FP32', shape: [rows, width] };
}

function bytesOf(floats) {
  return Buffer.from(floats.buffer, floats.byteOffset, floats.byteLength);
}

function floatsOf(bytes, datatype) {
  // A copy, because it has to begin at a multiple of the element's size.
  const { buffer } = Uint8Array.from(bytes);
  return datatype === 'FP32'
    ? new Float32Array(buffer)
    : new Float64Array(buffer);
}
