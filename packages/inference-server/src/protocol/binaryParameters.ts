/** Parameters of the binary extension: they say how a body is encoded, and are of no use beyond it. */
export const BINARY_PARAMETERS: readonly string[] = [
  'binary_data',
  'binary_data_size',
  'binary_data_output',
];
