import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { metadataUrl } from './identityProvider.mjs';
import { root } from './paths.mjs';

/**
 * Writes what differs from `app-config.yaml` for this data folder and these
 * ports (JSON is YAML).
 * @returns the backend's `--config` arguments; later files win
 */
export function writePlatformConfig({ dataDir, ports, host }) {
  const file = path.join(dataDir, 'app-config.generated.yaml');
  const url = `http://localhost:${ports.portal}`;
  const config = {
    app: { baseUrl: url },
    backend: {
      baseUrl: url,
      listen: { host, port: ports.portal },
      database: { connection: { directory: path.join(dataDir, 'database') } },
    },
    auth: {
      providers: {
        oidc: {
          development: { metadataUrl: metadataUrl(ports) },
        },
      },
    },
    // One process has no need of the bus between processes, whose long polls
    // would hold up a stop for a minute.
    events: { useEventBus: 'never' },
    techdocs: {
      publisher: {
        local: { publishDirectory: path.join(dataDir, 'techdocs') },
      },
    },
    scaffolder: {
      ml: { repositories: { directory: path.join(dataDir, 'repositories') } },
    },
    ml: {
      audit: {
        checkpoints: { file: path.join(dataDir, 'audit/checkpoints.jsonl') },
      },
      batch: { directory: path.join(dataDir, 'batch') },
      evaluation: { directory: path.join(dataDir, 'evaluation') },
      artifacts: { embedded: { directory: path.join(dataDir, 'artifacts') } },
      gitops: { directory: path.join(dataDir, 'git') },
      serving: {
        embedded: {
          control: { url: `http://127.0.0.1:${ports.control}` },
          gateways: {
            production: `http://localhost:${ports.production}`,
            staging: `http://localhost:${ports.staging}`,
          },
          grpcGateways: {
            production: `localhost:${ports.productionGrpc}`,
            staging: `localhost:${ports.stagingGrpc}`,
          },
        },
      },
    },
  };
  writeFileSync(file, `${JSON.stringify(config, undefined, 2)}\n`);

  const files = [
    path.join(root, 'app-config.yaml'),
    file,
    path.join(root, 'app-config.local.yaml'),
  ];
  return files.filter(existsSync).flatMap(name => ['--config', name]);
}
