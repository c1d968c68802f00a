import { exampleRequest } from './exampleRequest';
import type { ModelInterface } from './tensors';

/** Where a sample is sent. @public */
export interface CallTarget {
  model: string;
  /** Base URL of the gateway. */
  gateway: string;
  /** Host and port for gRPC, where it is known. */
  grpc?: string;
  /** A version or an API version; what is live when absent. */
  pin?: string;
  /** Whether the gateway asks who calls; samples read the key from `ML_GATEWAY_KEY`. */
  withKey?: boolean;
}

/** Where samples read the key of the caller, which never stands in them. */
const KEY_VARIABLE = 'ML_GATEWAY_KEY';

/** Languages that there is a sample in. @public */
export const SAMPLE_LANGUAGES = [
  'curl',
  'requests',
  'triton',
  'typescript',
] as const;

/** @public */
export type SampleLanguage = (typeof SAMPLE_LANGUAGES)[number];

/** The model's URL at the gateway, with the pin. @public */
export function endpointOf({ gateway, model, pin }: CallTarget): string {
  const base = `${gateway.replace(/\/$/, '')}/v2/models/${model}`;
  return pin ? `${base}/versions/${pin}` : base;
}

/**
 * A program that sends a request, to be pasted and run as it is. Without a
 * sample request the values are zeros of the right type and shape.
 * @public
 */
export function callSample(
  language: SampleLanguage,
  target: CallTarget,
  options: { interface: ModelInterface; sample?: unknown },
): string {
  const request = options.sample ?? exampleRequest(options.interface);
  switch (language) {
    case 'requests':
      return requestsSample(target, request);
    case 'triton':
      return tritonSample(target, request);
    case 'typescript':
      return typescriptSample(target, request);
    default:
      return curlSample(target, request);
  }
}

function curlSample(target: CallTarget, request: unknown): string {
  const body = JSON.stringify(request).replace(/'/g, `'\\''`);
  const key = target.withKey
    ? `\n  -H "authorization: Bearer $${KEY_VARIABLE}" \\`
    : '';
  return `curl -sS ${endpointOf(target)}/infer \\${key}
  -H 'content-type: application/json' \\
  -d '${body}'`;
}

/** A JSON text is a literal of Python too, once it is quoted as JSON. */
function pythonRequest(request: unknown): string {
  return `request = json.loads(${JSON.stringify(JSON.stringify(request))})`;
}

/** The line that makes `headers`, where the gateway asks who calls. */
function pythonHeaders({ withKey }: CallTarget): string {
  return withKey
    ? `\nheaders = {"authorization": "Bearer " + os.environ["${KEY_VARIABLE}"]}`
    : '';
}

function requestsSample(target: CallTarget, request: unknown): string {
  const { withKey } = target;
  return `import json${withKey ? '\nimport os' : ''}
import requests

${pythonRequest(request)}${pythonHeaders(target)}
answer = requests.post("${endpointOf(target)}/infer", json=request, ${
    withKey ? 'headers=headers, ' : ''
  }timeout=5)
answer.raise_for_status()
for output in answer.json()["outputs"]:
    print(output["name"], output["data"])`;
}

function tritonSample(target: CallTarget, request: unknown): string {
  const { gateway, grpc, model, pin, withKey } = target;
  const url = new URL(gateway);
  const library = grpc ? 'grpc' : 'http';
  const isTls = url.protocol === 'https:';
  const headers = withKey ? ', headers=headers' : '';
  const version = pin ? `, model_version="${pin}"` : '';
  return `import json${withKey ? '\nimport os' : ''}
import numpy as np
import tritonclient.${library} as triton
from tritonclient.utils import triton_to_np_dtype

${pythonRequest(request)}${pythonHeaders(target)}
inputs = []
for tensor in request["inputs"]:
    name, shape, datatype = tensor["name"], tensor["shape"], tensor["datatype"]
    values = np.array(tensor["data"], dtype=triton_to_np_dtype(datatype))
    item = triton.InferInput(name, shape, datatype)
    item.set_data_from_numpy(values.reshape(shape))
    inputs.append(item)

client = triton.InferenceServerClient("${grpc ?? url.host}"${
    isTls ? ', ssl=True' : ''
  })
answer = client.infer("${model}", inputs${version}${headers})
metadata = client.get_model_metadata("${model}"${version}${headers})
for output in ${grpc ? 'metadata.outputs' : 'metadata["outputs"]'}:
    name = ${grpc ? 'output.name' : 'output["name"]'}
    print(name, answer.as_numpy(name))`;
}

function typescriptSample(target: CallTarget, request: unknown): string {
  const headers = target.withKey
    ? `{
    'content-type': 'application/json',
    authorization: \`Bearer \${process.env.${KEY_VARIABLE}}\`,
  }`
    : `{ 'content-type': 'application/json' }`;
  return `const response = await fetch('${endpointOf(target)}/infer', {
  method: 'POST',
  headers: ${headers},
  body: JSON.stringify(${JSON.stringify(request)}),
  signal: AbortSignal.timeout(5_000),
});
const answer = (await response.json()) as {
  error?: string;
  model_version?: string;
  outputs?: { name: string; shape: number[]; data: unknown[] }[];
};
if (!response.ok) throw new Error(answer.error);
console.log(answer.model_version, answer.outputs);`;
}
