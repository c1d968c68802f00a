import { apiVersionOf, FORMATS } from '@ml-platform/plugin-ml-common';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArtifactSource } from '../artifacts/ArtifactPuller';
import { createSocketPaths } from '../createSocketPaths';
import { findWorker } from '../findWorker';
import { createGatewayServer } from '../gateway/createGatewayServer';
import { createPipeline } from '../gateway/pipeline/createPipeline';
import { createGrpcServer } from '../gateway/grpc/createGrpcServer';
import { closeGracefully, listen, listenForGrpc } from '../http/listen';
import { Logger } from '../log/Logger';
import { requestLine } from '../log/RequestLog';
import { ServingPlane } from '../serving/ServingPlane';
import { DRAIN_MS } from '../serving/Replica';
import { createLaunchers } from '../serving/workers/createLaunchers';
import type { AcceptedState } from '../state/AcceptedState';
import { Telemetry } from '../telemetry/Telemetry';
import { type LocalPackage, PackageError, readPackage } from './readPackage';
import type { ServeConfig } from './readServeConfig';

const MAX_BODY_BYTES = 64 * 1024 * 1024;
/** There are no experiments. */
const NO_COUNTS = {
  load: async () => undefined,
  save: async () => {},
  remove: async () => {},
};

/** One model that is served alone. */
export interface ModelServer {
  url: string;
  /** Host and port for gRPC. */
  grpcAddress: string;
  model: string;
  version: string;
  /** Resolves when the first attempt to load the model has ended; says whether it is ready. */
  settled: Promise<boolean>;
  /** Rejects when the model turns out not to be servable; never resolves. */
  failed: Promise<never>;
  stop(): Promise<void>;
}

/**
 * Serves one version from a folder and resolves as soon as it listens: the gateway and the worker of the platform,
 * without portal, registry and control API. What is served is fixed by the
 * folder, so nothing is kept on disk but the worker's socket.
 */
export async function startModelServer(
  config: ServeConfig,
): Promise<ModelServer> {
  const { dataDir } = config;
  const local = await readPackage(
    config.modelDir,
    dataDir === undefined ? ['onnx'] : FORMATS,
  );
  const { version } = local.spec;
  const logger = new Logger(config.logLevel, line =>
    process.stderr.write(line),
  );
  const runDir = mkdtempSync(join(tmpdir(), 'ml-serve-'));
  const launchers = createLaunchers({
    ...{ dataDir: runDir, logger },
    ...{ pythons: config.pythons, engine: config.containerEngine },
    environmentsDir: dataDir && join(dataDir, 'environments'),
    workerPath: findWorker(),
  });
  // Not opened: that would clear what another server makes there just now.
  if (dataDir) mkdirSync(join(dataDir, 'environments'), { recursive: true });
  const plane = new ServingPlane({
    store: fixedState(local),
    counts: NO_COUNTS,
    puller: folderSource(local),
    launchers,
    logger,
  });
  await plane.restore();
  const runner = plane.find('production', local.model)!.versions.get(version)!;
  const shared = {
    environment: 'production' as const,
    plane,
    pipeline: createPipeline({
      plane,
      // As containers have it: the log is what is printed.
      telemetry: new Telemetry({
        observers: [
          {
            finished: facts => logger.info('Request', requestLine(facts)),
          },
        ],
      }),
    }),
    maxBodyBytes: MAX_BODY_BYTES,
    isReady: () => runner.state === 'ready',
  };
  const server = createGatewayServer(shared);
  const grpc = createGrpcServer(shared);
  const { host, port, grpcPort } = config;
  const url = await listen(server, { host, port, purpose: 'inference' });
  const grpcAddress = await listenForGrpc(grpc.listener, {
    host,
    port: grpcPort,
    purpose: 'inference over gRPC',
  });
  const sockets = createSocketPaths(runDir);
  plane.start(() => sockets.next());

  let stopped: Promise<void> | undefined;
  const stop = async () => {
    logger.info('Stopping');
    await Promise.all([
      closeGracefully(server, DRAIN_MS),
      grpc.close(DRAIN_MS),
    ]);
    await plane.stop();
    sockets.remove();
    rmSync(runDir, { recursive: true, force: true });
  };
  const failed = runner.ended.then(() => {
    if (stopped) return new Promise<never>(() => {});
    throw new PackageError(
      `${local.model}@${version} cannot be served: ${runner.reason}`,
    );
  });
  // Heard by who asks; nobody has to.
  failed.catch(() => {});
  return {
    ...{ url, grpcAddress, model: local.model, version, failed },
    settled: runner.settled.then(() => runner.state === 'ready'),
    stop: () => (stopped ??= stop()),
  };
}

function fixedState({ model, spec }: LocalPackage) {
  const split = [{ version: spec.version, weight: 1 }];
  const state: AcceptedState = {
    format: 1,
    environment: 'production',
    model,
    versions: [spec],
    routes: {
      generation: 1,
      split,
      majors: { [apiVersionOf(spec.version)]: split },
    },
  };
  const refuse = async () => {
    throw new Error('what is served alone never changes');
  };
  return { load: async () => [state], save: refuse, remove: refuse };
}

function folderSource({ path }: LocalPackage): ArtifactSource {
  return {
    prepare: () => ({ run: async () => path, release() {} }),
    removeUnused: async () => 0,
  };
}
