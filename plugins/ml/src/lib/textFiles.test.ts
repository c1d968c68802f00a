import { isReadable, MOST_TEXT_BYTES } from './textFiles';

const file = (path: string, size = 100) => ({
  ...{ path, size },
  digest: `sha256:${'ab'.repeat(32)}`,
  mediaType: 'application/vnd.cncf.model.weight.config.v1.raw',
});

it.each([
  ['model.yaml', true],
  ['samples/request.JSON', true],
  ['docs/LICENSE', true],
  ['model.onnx', false],
  ['yaml', false],
  ['model.yaml.bin', false],
])('%s is readable: %s', (path, readable) => {
  expect(isReadable(file(path))).toBe(readable);
});

it('leaves out what is too long to read in a panel', () => {
  expect(isReadable(file('rows.csv', MOST_TEXT_BYTES))).toBe(true);
  expect(isReadable(file('rows.csv', MOST_TEXT_BYTES + 1))).toBe(false);
});
