// Starts the inference server as a process of its own with one model live in production.
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';

const digestOf = bytes =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

export async function startServing({ packageDir, artifact, iface, env = {} }) {
  const { registry, digest, file } = await serveArtifact(artifact);
  const dataDir = mkdtempSync(join(tmpdir(), 'ml-bench-'));
  const token = randomBytes(24).toString('hex');
  const server = spawn(
    process.execPath,
    [
      ...execArgv(),
      process.env.BENCH_SERVER ?? join(packageDir, 'dist/server.cjs'),
    ],
    {
      env: {
        ...process.env,
        ML_INFERENCE_DIR: dataDir,
        ML_CONTROL_TOKEN: token,
        ML_CONTROL_PORT: '0',
        ML_PRODUCTION_PORT: '0',
        ML_STAGING_PORT: '0',
        ML_REGISTRY_URL: `http://127.0.0.1:${registry.address().port}`,
        ML_LOG_LEVEL: 'warn',
        ...env,
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  // However the benchmark ends, nothing is left running.
  const kill = () => server.kill();
  process.once('exit', kill);
  const [line] = await once(createInterface({ input: server.stdout }), 'line');
  const { control, production } = JSON.parse(line);

  const model = `${control}/control/v1/environments/production/models/classifier`;
  const call = async (method, url, body) => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}` },
      body: body && JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error.message);
    return answer;
  };
  await call('PUT', `${model}/versions/1.0.0`, {
    version: '1.0.0',
    format: 'onnx',
    repository: 'models/classifier',
    digest,
    artifact: file,
    interface: iface,
  });
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { state, reason } = await call('GET', `${model}/versions/1.0.0`);
    if (state === 'ready') break;
    if (state === 'failed' || Date.now() > deadline) {
      throw new Error(`the model is ${state}: ${reason}`);
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  await call('PUT', `${model}/routes`, {
    generation: 1,
    split: [{ version: '1.0.0', weight: 1 }],
    majors: { 1: [{ version: '1.0.0', weight: 1 }] },
  });

  return {
    pid: server.pid,
    inferUrl: `${production}/v2/models/classifier/infer`,
    async stop() {
      process.off('exit', kill);
      server.kill('SIGTERM');
      if (server.exitCode === null) await once(server, 'exit');
      registry.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** `BENCH_NODE_OPTIONS=--cpu-prof` profiles the gateway. */
function execArgv() {
  return (process.env.BENCH_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
}

/** As much of an OCI registry as serving one package needs. */
async function serveArtifact(artifact) {
  const bytes = readFileSync(artifact);
  const file = basename(artifact);
  const config = Buffer.from('{}');
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.manifest.v1+json',
      config: {
        mediaType: 'application/vnd.cncf.model.config.v1+json',
        digest: digestOf(config),
        size: config.length,
      },
      layers: [
        {
          mediaType: 'application/vnd.cncf.model.weight.v1.raw',
          digest: digestOf(bytes),
          size: bytes.length,
          annotations: { 'org.cncf.model.filepath': file },
        },
      ],
    }),
  );
  const blobs = new Map(
    [bytes, config, manifest].map(blob => [digestOf(blob), blob]),
  );
  const registry = createServer((request, response) => {
    const blob = blobs.get(request.url.split('/').pop());
    response.writeHead(blob ? 200 : 404).end(blob);
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  return { registry, digest: digestOf(manifest), file };
}
