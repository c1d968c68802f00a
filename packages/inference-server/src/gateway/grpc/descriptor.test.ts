import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import descriptor from './descriptor.json';

it('is what make-descriptor.mjs makes of the files in proto', () => {
  const root = new protobuf.Root();
  for (const name of ['health', 'open_inference']) {
    // eslint-disable-next-line no-restricted-syntax
    const file = join(__dirname, '../../../proto', `${name}.proto`);
    protobuf.parse(readFileSync(file, 'utf8'), root);
  }
  expect(root.toJSON()).toEqual(descriptor);
});
