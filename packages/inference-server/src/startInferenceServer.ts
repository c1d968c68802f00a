import type { Environment } from '@ml-platform/plugin-ml-common';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { AccessStore } from './access/AccessStore';
import { ArtifactPuller } from './artifacts/ArtifactPuller';
import { BlobCache } from './artifacts/BlobCache';
import { PackageFolders } from './artifacts/PackageFolders';
import {
  RegistryClient,
  type RegistryClientOptions,
} from './artifacts/RegistryClient';
import { ControlApi } from './control/ControlApi';
import { createControlServer } from './control/createControlServer';
import { createSocketPaths } from './createSocketPaths';
import { type EdgeConfig, openEdge } from './edge/openEdge';
import { findWorker } from './findWorker';
import { createGatewayServer } from './gateway/createGatewayServer';
import { createGrpcServer } from './gateway/grpc/createGrpcServer';
import { ConsumerIdentifier } from './gateway/pipeline/ConsumerIdentifier';
import { createPipeline } from './gateway/pipeline/createPipeline';
import { CountsFile } from './experiments/CountsFile';
import { Connections } from './http/Connections';
import { closeGracefully, listen, listenForGrpc } from './http/listen';
import { MemoryBudget } from './http/MemoryBudget';
import { Logger, type LogLevel } from './log/Logger';
import { type Bounds, defaultBounds } from './serving/Bounds';
import { DRAIN_MS } from './serving/Replica';
import { ServingPlane } from './serving/ServingPlane';
import { createLaunchers } from './serving/workers/createLaunchers';
import { followSupervisor } from './supervisor/followSupervisor';
import { SupervisedRole } from './supervisor/SupervisedRole';
import { StateStore } from './state/StateStore';

/** @public */
export interface InferenceServerOptions extends EdgeConfig {
  /** Folder for accepted state, cached artifacts and logs. */
  dataDir: string;
  /** Address that the gateways bind to. */
  host: string;
  /** Address that the control API binds to; loopback only when not given. */
  controlHost?: string;
  /** 0 takes any free port, here and below. */
  controlPort: number;
  /** What callers of the control API must show. */
  controlToken: string;
  gatewayPorts: Record<Environment, number>;
  /** Ports of the same gateways for gRPC; any free ones when not given. */
  grpcPorts?: Record<Environment, number>;
  /** The OCI registry that versions are pulled from. */
  registry: RegistryClientOptions;
  logLevel: LogLevel;
  /** Largest inference request; 64 MiB when not given. */
  maxBodyBytes?: number;
  /** The most that any version gets; what fits the machine when not given. */
  bounds?: Partial<Bounds>;
  /** How long a caller may take to send a request, or make no progress with its answer; a minute when not given. */
  callerMs?: number;
  /** Python interpreters for versions of the format mlserver, before those on the path. */
  pythons?: readonly string[];
  /** Program that runs images (podman or docker); without one they are refused. */
  containerEngine?: string;
  /** A listener for operators, with metrics and health, beside those of the control API. */
  ops?: { host: string; port: number };
}

/** @public */
export interface InferenceServer {
  /** Base URLs of the listeners. */
  addresses: Record<Environment | 'control', string> & { ops?: string };
  /** Host and port of the gateways' gRPC listeners, as clients want them. */
  grpcAddresses: Record<Environment, string>;
  /** Stops accepting, finishes what is under way, ends the workers. */
  stop(): Promise<void>;
}

/**
 * Starts the data plane in this process, with its workers as child processes.
 * It serves what it accepted before as soon as it runs.
 * @public
 */
export async function startInferenceServer(
  options: InferenceServerOptions,
): Promise<InferenceServer> {
  const { dataDir, maxBodyBytes = 64 * 1024 * 1024 } = options;
  const logger = new Logger(options.logLevel, line =>
    process.stderr.write(line),
  );
  const launchers = createLaunchers({
    ...{ dataDir, logger, workerPath: findWorker() },
    pythons: options.pythons ?? [],
    engine: options.containerEngine,
  });
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const cache = new BlobCache(join(dataDir, 'blobs'));
  const folders = new PackageFolders(join(dataDir, 'packages'));
  const plane = new ServingPlane({
    store: new StateStore({ folder: join(dataDir, 'state'), logger }),
    counts: new CountsFile({ folder: join(dataDir, 'experiments'), logger }),
    puller: new ArtifactPuller({
      cache,
      folders,
      registry: new RegistryClient(options.registry),
    }),
    launchers,
    bounds: { ...defaultBounds(), ...options.bounds },
    logger,
  });
  const access = new AccessStore({
    path: join(dataDir, 'access', 'accounts.json'),
    logger,
  });
  const edge = openEdge({ ...options, access, plane, logger });
  const { callers, health, metrics, telemetry, tls, traffic } = edge;
  const control = createControlServer({
    api: new ControlApi({ access, plane, health, traffic }),
    token: options.controlToken,
    tls: tls.control,
    ...{ logger, metrics },
  });
  const pipeline = createPipeline({
    plane,
    telemetry,
    steps: { identifier: new ConsumerIdentifier(callers) },
  });
  const memory = new MemoryBudget(Math.max(256 * 1024 * 1024, maxBodyBytes));
  const gateway = (environment: Environment) => {
    const shared = {
      ...{ environment, plane, pipeline, maxBodyBytes, memory },
      callerMs: options.callerMs,
      gate: callers.gate,
      tls: tls[environment],
    };
    return {
      rest: createGatewayServer(shared),
      grpc: createGrpcServer(shared),
    };
  };
  const production = gateway('production');
  const staging = gateway('staging');
  const connections = [production.rest, staging.rest].map(
    server => new Connections(server),
  );
  const ops = options.ops && edge.createOpsServer();
  const servers = [production.rest, staging.rest, control];
  if (ops) servers.push(ops);
  const grpcServers = [production.grpc, staging.grpc];

  await plane.restore();
  const role = SupervisedRole.find();
  let takeOver = () => {};
  const takesOver = new Promise<void>(resolve => {
    takeOver = resolve;
  });
  const startPlane = () => {
    const rooms: { open(): void }[] = [cache, folders];
    // The one before may still run its own.
    if (!role?.isSuccessor) rooms.push(launchers);
    for (const room of rooms) openOrSay(room, logger);
    const keepOthers = role?.isSuccessor;
    const created = createSocketPaths(dataDir, { keepOthers });
    plane.start(() => created.next(), takesOver);
    return created;
  };
  // A successor is told when; the one before serves until then.
  let sockets = role?.isSuccessor ? startPlane() : undefined;
  if (role?.isSuccessor) {
    await plane.settled;
    role.say({ type: 'loaded', ready: plane.readyVersions() });
    await role.untilTold('listen');
  }
  let addresses: InferenceServer['addresses'];
  let grpcAddresses: InferenceServer['grpcAddresses'];
  try {
    const { host, controlHost = '127.0.0.1', gatewayPorts } = options;
    const { grpcPorts = { production: 0, staging: 0 } } = options;
    grpcAddresses = {
      production: await listenForGrpc(production.grpc.listener, {
        host,
        port: grpcPorts.production,
        role,
        purpose: 'production inference over gRPC',
      }),
      staging: await listenForGrpc(staging.grpc.listener, {
        host,
        port: grpcPorts.staging,
        role,
        purpose: 'staging inference over gRPC',
      }),
    };
    addresses = {
      production: await listen(production.rest, {
        host,
        port: gatewayPorts.production,
        role,
        purpose: 'production inference',
      }),
      staging: await listen(staging.rest, {
        host,
        port: gatewayPorts.staging,
        role,
        purpose: 'staging inference',
      }),
      ...(ops && {
        ops: await listen(ops, { ...options.ops!, role, purpose: 'operators' }),
      }),
      // The control API comes last: what it accepts can start at once.
      control: await listen(control, {
        host: controlHost,
        port: options.controlPort,
        role,
        purpose: 'the control API',
      }),
    };
  } catch (error) {
    for (const server of servers) server.close();
    for (const { listener } of grpcServers) listener.close();
    await edge.close();
    throw error;
  }
  if (callers.warning) logger.warn(callers.warning);
  // Only now is it sure that no other server works on these folders.
  sockets ??= startPlane();
  takeOver();

  const stop = async () => {
    logger.info('Stopping');
    await Promise.all([
      ...servers.map(server => closeGracefully(server, DRAIN_MS)),
      ...grpcServers.map(server => server.close(DRAIN_MS)),
    ]);
    await plane.stop();
    await edge.close();
    sockets.remove();
  };
  const retire = async () => {
    logger.info('A newer server has taken over; finishing');
    await Promise.all([
      ...connections.map(each => each.retire(DRAIN_MS)),
      closeGracefully(control, DRAIN_MS),
      ops && closeGracefully(ops, DRAIN_MS),
      ...grpcServers.map(server => server.close(DRAIN_MS)),
    ]);
    await plane.stop();
    await edge.close();
    sockets.remove();
  };
  let stopped: Promise<void> | undefined;
  if (role) {
    followSupervisor({ role, plane, retire, logger });
    role.say({ type: 'listening' });
  }
  return { addresses, grpcAddresses, stop: () => (stopped ??= stop()) };
}

/** What was accepted is served from a disk that takes nothing as well. */
function openOrSay(room: { open(): void }, logger: Logger): void {
  try {
    room.open();
  } catch (error) {
    logger.error(
      'The data folder cannot be written: what was accepted before is served if it is all there, and no change is accepted until the folder is mended and the server started again',
      { reason: (error as Error).message },
    );
  }
}
