import {
  type Datatype,
  DATATYPES,
  type TensorSpec,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { toUnreachable } from '@ml-platform/packaging';
import { CliError } from '../../errors/CliError';

const TIMEOUT = 30_000;
/** An answer to a sample is small; a stream without end is not read on. */
const MAX_BYTES = 64 * 1024 * 1024;

const tensorSchema = z.looseObject({
  name: z.string(),
  datatype: z.enum(DATATYPES),
  shape: z.array(z.int().min(-1)),
});

const metadataSchema = z.looseObject({
  name: z.string(),
  inputs: z.array(tensorSchema),
  outputs: z.array(tensorSchema),
});

/** What a server says of a model: names, datatypes, shapes. */
export interface ServerMetadata {
  inputs: TensorSpec[];
  outputs: TensorSpec[];
}

/** @throws CliError where the server does not say what the Open Inference Protocol asks for. */
export async function readMetadata(
  base: string,
  model: string,
): Promise<ServerMetadata> {
  const path = `/v2/models/${encodeURIComponent(model)}`;
  const { status, json } = await ask(base, path);
  const refuse = (message: string) =>
    new CliError({
      code: 'CONTRACT_BROKEN',
      message: `${base}${path} ${message}`,
      hint: `Name the model as the server knows it with --model, or its inputs and outputs with --input and --output where the server has no metadata.`,
    });
  if (status !== 200) throw refuse(`answered ${status}`);
  const parsed = metadataSchema.safeParse(json);
  if (!parsed.success) {
    const { path: field, message } = parsed.error.issues[0];
    throw refuse(
      `is no metadata of the Open Inference Protocol: ${field.join(
        '.',
      )} ${message}`,
    );
  }
  const { inputs, outputs } = parsed.data;
  const plain = (tensor: {
    name: string;
    datatype: Datatype;
    shape: number[];
  }): TensorSpec => ({
    ...{ name: tensor.name, datatype: tensor.datatype, shape: tensor.shape },
  });
  return { inputs: inputs.map(plain), outputs: outputs.map(plain) };
}

/** Asks a server; `json` is absent where the answer is none. */
export async function ask(
  base: string,
  path: string,
  body?: string,
): Promise<{ status: number; json?: unknown; milliseconds: number }> {
  const start = performance.now();
  try {
    const response = await fetch(`${base}${path}`, {
      ...(body !== undefined && {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT),
    });
    const text = await textOf(response);
    const milliseconds = Math.round(performance.now() - start);
    try {
      return { status: response.status, json: JSON.parse(text), milliseconds };
    } catch {
      return { status: response.status, milliseconds };
    }
  } catch (error) {
    throw toUnreachable('the server', `${base}${path}`, error);
  }
}

async function textOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new Error('its answer has no end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
