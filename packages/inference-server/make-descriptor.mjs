// Writes what the server knows of `proto/*.proto` in a form that can be bundled:
//
//   node packages/inference-server/make-descriptor.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const here = name => new URL(name, import.meta.url);
const root = new protobuf.Root();
for (const name of ['health', 'open_inference']) {
  protobuf.parse(readFileSync(here(`proto/${name}.proto`), 'utf8'), root);
}
const text = JSON.stringify(root.toJSON(), null, 2);
writeFileSync(here('src/gateway/grpc/descriptor.json'), `${text}\n`);
