import { curlSample, zeroRequest } from './curl';

const inputs = [
  { name: 'features', datatype: 'FP32' as const, shape: [-1, 3] },
  { name: 'note', datatype: 'BYTES' as const, shape: [1] },
];

it('fills a request with zeros of the right type and shape', () => {
  expect(zeroRequest({ inputs, outputs: [] })).toEqual({
    inputs: [
      { name: 'features', shape: [1, 3], datatype: 'FP32', data: [0, 0, 0] },
      { name: 'note', shape: [1], datatype: 'BYTES', data: [''] },
    ],
  });
});

it('prefers the sample of the package, and quotes it for a shell', () => {
  const text = curlSample({
    endpoint: 'http://localhost:7008/v2/models/m/',
    interface: { inputs, outputs: [] },
    sample: { note: "it's" },
  });
  expect(text).toContain('http://localhost:7008/v2/models/m/infer');
  expect(text).toContain(`-d '{"note":"it'\\''s"}'`);
});
