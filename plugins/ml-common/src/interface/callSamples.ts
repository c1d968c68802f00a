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
}

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
  const endpoint = endpointOf(target);
  const request = options.sample ?? exampleRequest(options.interface);
  switch (language) {
    case 'requests':
      return requestsSample(endpoint, request);
    case 'triton':
      return tritonSample(target, request);
    case 'typescript':
      return typescriptSample(endpoint, request);
    default:
      return curlSample(endpoint, request);
  }
}

function curlSample(endpoint: string, request: unknown): string {
  const body = JSON.stringify(request).replace(/'/g, `'\\''`);
  return `curl -s ${endpoint}/infer \\
  -H 'content-type: application/json' \\
  -d '${body}'`;
}

/** A JSON text is a literal of Python too, once it is quoted as JSON. */
function pythonRequest(request: unknown): string {
  return `request = json.loads(${JSON.stringify(JSON.stringify(request))})`;
}

function requestsSample(endpoint: string, request: unknown): string {
  return `import json
import requests

${pythonRequest(request)}
answer = requests.post("${endpoint}/infer", json=request, timeout=5)
answer.raise_for_status()
for output in answer.json()["outputs"]:
    print(output["name"], output["data"])`;
}

function tritonSample(target: CallTarget, request: unknown): string {
  const { gateway, grpc, model, pin } = target;
  const [library, address] = grpc
    ? ['grpc', grpc]
    : ['http', new URL(gateway).host];
  return `import json
import numpy as np
import tritonclient.${library} as triton
from tritonclient.utils import triton_to_np_dtype

${pythonRequest(request)}
inputs = []
for tensor in request["inputs"]:
    name, shape, datatype = tensor["name"], tensor["shape"], tensor["datatype"]
    values = np.array(tensor["data"], dtype=triton_to_np_dtype(datatype))
    item = triton.InferInput(name, shape, datatype)
    item.set_data_from_numpy(values.reshape(shape))
    inputs.append(item)

client = triton.InferenceServerClient("${address}")
answer = client.infer("${model}", inputs${
    pin ? `, model_version="${pin}"` : ''
  })
for output in client.get_model_metadata("${model}"${pin ? `, "${pin}"` : ''}${
    grpc ? ').outputs' : ')["outputs"]'
  }:
    name = ${grpc ? 'output.name' : 'output["name"]'}
    print(name, answer.as_numpy(name))`;
}

function typescriptSample(endpoint: string, request: unknown): string {
  return `const response = await fetch('${endpoint}/infer', {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(${JSON.stringify(request)}),
  signal: AbortSignal.timeout(5_000),
});
const answer = await response.json();
if (!response.ok) throw new Error(answer.error);
console.log(answer.model_version, answer.outputs);`;
}
