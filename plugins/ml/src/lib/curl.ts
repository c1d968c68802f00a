import type {
  Datatype,
  ModelInterface,
  TensorSpec,
} from '@ml-platform/plugin-ml-common';

/** One row of a request, short enough to be read in full. */
const MAX_VALUES = 512;

/**
 * A `curl` that calls the endpoint, to be pasted into a terminal. Without a
 * sample request the values are zeros of the right type and shape.
 */
export function curlSample(options: {
  endpoint: string;
  interface: ModelInterface;
  sample?: unknown;
}): string {
  const request = options.sample ?? zeroRequest(options.interface);
  const body = JSON.stringify(request).replace(/'/g, `'\\''`);
  return [
    `curl -s ${options.endpoint.replace(/\/$/, '')}/infer \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '${body}'`,
  ].join('\n');
}

/** A request of zeros that fits the interface. */
export function zeroRequest({ inputs }: ModelInterface) {
  return { inputs: inputs.map(zeroTensor) };
}

function zeroTensor({ name, shape, datatype }: TensorSpec) {
  const dimensions = shape.map(size => (size === -1 ? 1 : size));
  const size = dimensions.reduce((product, each) => product * each, 1);
  return {
    name,
    shape: dimensions,
    datatype,
    data:
      size > MAX_VALUES
        ? []
        : Array.from({ length: size }, () => zero(datatype)),
  };
}

function zero(datatype: Datatype) {
  if (datatype === 'BOOL') return false;
  return datatype === 'BYTES' ? '' : 0;
}
