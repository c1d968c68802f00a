// Makes the base image of `ml export --image`, from this machine and without Docker:
//
//   node scripts/baseImage.mjs --out base-image [--uncompressed]
//
// It writes an OCI image layout: a folder, or one file where the name ends in
// .tar. Node, the C and C++ libraries and ONNX Runtime are those of this machine
// and this checkout, so run it on the oldest Linux that the image should stand for
// and keep that up to date. `skopeo copy oci:base-image docker://…` publishes it.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { libraryFiles } from './lib/baseImage/libraryFiles.mjs';
import { serverFiles } from './lib/baseImage/serverFiles.mjs';
import { systemFiles } from './lib/baseImage/systemFiles.mjs';
import { FriendlyError } from './lib/FriendlyError.mjs';
import { main } from './lib/main.mjs';
import { display, root } from './lib/paths.mjs';
import { say } from './lib/terminal.mjs';
import { ensureToolchain, isSupportedNode } from './lib/toolchain.mjs';

const USER = '65532:65532';
const SERVER = '/opt/ml-platform/inference-server';

await main(async () => {
  const options = readOptions();
  const { load } = await import('../packages/cli/scripts/bundle.mjs').catch(
    () => {
      throw new FriendlyError(
        'The packages are not installed yet. Run `npm start` once, or `yarn install`.',
      );
    },
  );
  const { SERVER_LABEL, writeImageLayout } = await load(
    "export { SERVER_LABEL, writeImageLayout } from './src/image/writeImageLayout';",
  );
  const node = await findNode();
  const scratch = mkdtempSync(path.join(tmpdir(), 'ml-base-image-'));
  try {
    const server = serverFiles({ node, scratch, prefix: SERVER.slice(1) });
    const binaries = server.filter(({ source }) =>
      /\.(node|so(\.\d+)*)$/.test(source ?? ''),
    );
    const libraries = libraryFiles([
      node,
      ...binaries.map(({ source }) => source),
    ]);
    const { version, license } = JSON.parse(
      readFileSync(
        path.join(root, 'packages/inference-server/package.json'),
        'utf8',
      ),
    );
    const written = await writeImageLayout({
      layers: [
        {
          name: 'Node and the libraries that it needs',
          entries: systemFiles({ node, libraries }),
        },
        {
          name: `ML Platform inference server ${version}`,
          entries: server.map(({ entry }) => entry),
        },
      ],
      config: {
        os: 'linux',
        architecture: process.arch === 'x64' ? 'amd64' : process.arch,
        config: {
          User: USER,
          WorkingDir: '/',
          Entrypoint: [
            '/usr/bin/node',
            `${SERVER}/bin/ml-inference-server`,
            'serve',
          ],
          Env: [
            'PATH=/usr/bin',
            'HOME=/home/nonroot',
            'NODE_ENV=production',
            'SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt',
          ],
          Labels: {
            [SERVER_LABEL]: version,
            'org.opencontainers.image.title': 'ML Platform inference server',
            'org.opencontainers.image.version': version,
            'org.opencontainers.image.licenses': license,
          },
          StopSignal: 'SIGTERM',
        },
      },
      tag: version,
      target: options.out,
      folder: scratch,
      compress: !options.uncompressed,
    });
    say(`Wrote ${display(path.resolve(options.out))}`);
    say(
      `  ${Math.round(written.sizeBytes / 1024 / 1024)} MiB, ${written.digest}`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
});

function readOptions() {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      uncompressed: { type: 'boolean', default: false },
    },
  });
  if (!values.out) {
    throw new FriendlyError(
      'Say where to write: node scripts/baseImage.mjs --out base-image',
    );
  }
  if (process.platform !== 'linux') {
    throw new FriendlyError(
      `The image is made of files of this machine, and ${process.platform} has none that run in it. Run this on Linux.`,
    );
  }
  return values;
}

/** The binary itself, not a script that starts it. */
async function findNode() {
  if (isSupportedNode(process.version)) return process.execPath;
  const logFile = path.join(tmpdir(), `ml-base-image-${process.pid}.log`);
  const { node, env } = await ensureToolchain({ logFile });
  return execFileSync(node, ['--print', 'process.execPath'], {
    encoding: 'utf8',
    env,
  }).trim();
}
