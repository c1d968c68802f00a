import type { ServerProcess } from './ServerProcess';

/** A tensor of a request whose elements come in binary. */
export interface BinaryInput {
  name: string;
  datatype: string;
  shape: number[];
  bytes: Buffer;
}

/** The JSON of a request with binary inputs, and all of its body. */
export function binaryBody(
  inputs: Array<BinaryInput | { data: unknown }>,
  rest: object = {},
): { headerLength: number; body: Buffer } {
  const tensors = inputs.map(input => {
    if (!('bytes' in input)) return input;
    const { bytes, ...tensor } = input;
    return { ...tensor, parameters: { binary_data_size: bytes.length } };
  });
  const header = Buffer.from(JSON.stringify({ ...rest, inputs: tensors }));
  const binary = inputs.map(input => ('bytes' in input ? input.bytes : ''));
  return {
    headerLength: header.length,
    body: Buffer.concat([header, ...binary.map(bytes => Buffer.from(bytes))]),
  };
}

/** Sends a body as it is, and takes binary outputs out of the answer. */
export async function inferBinary(
  server: ServerProcess,
  model: string,
  request: { headerLength: number | string; body: Buffer },
) {
  const response = await fetch(
    `${server.addresses.production}/v2/models/${model}/infer`,
    {
      method: 'POST',
      body: request.body,
      headers: {
        'inference-header-content-length': String(request.headerLength),
      },
    },
  );
  const bytes = Buffer.from(await response.arrayBuffer());
  const length = response.headers.get('inference-header-content-length');
  const headerEnd = length === null ? bytes.length : Number(length);
  const body = JSON.parse(bytes.subarray(0, headerEnd).toString());
  let at = headerEnd;
  for (const output of body.outputs ?? []) {
    const size = output.parameters?.binary_data_size;
    if (size === undefined) continue;
    output.bytes = bytes.subarray(at, at + size);
    at += size;
  }
  if (at !== bytes.length) throw new Error('bytes of no output');
  return { status: response.status, headers: response.headers, body };
}

/** Elements of a BYTES tensor in binary. */
export function binaryStrings(texts: Array<string | Buffer>): Buffer {
  return Buffer.concat(
    texts.flatMap(text => {
      const bytes = Buffer.from(text as string);
      const length = Buffer.alloc(4);
      length.writeUInt32LE(bytes.length);
      return [length, bytes];
    }),
  );
}
