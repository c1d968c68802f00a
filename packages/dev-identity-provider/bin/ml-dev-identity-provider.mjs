#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundle = new URL('../dist/provider.mjs', import.meta.url);
if (existsSync(bundle)) {
  await import(bundle.href);
} else {
  process.stderr.write(
    'ml-dev-identity-provider: it is not built; run: yarn workspace @ml-platform/dev-identity-provider build\n',
  );
  process.exitCode = 1;
}
