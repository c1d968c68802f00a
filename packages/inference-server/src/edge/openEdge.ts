import type { Server } from 'node:http';
import type { AccessStore } from '../access/AccessStore';
import { AccountAuthenticator } from '../access/AccountAuthenticator';
import { Callers, type CallersOptions } from '../callers/Callers';
import {
  closeTls,
  type ListenersTls,
  openTls,
  type TlsConfig,
} from '../http/openTls';
import type { Logger } from '../log/Logger';
import { createOpsServer } from '../ops/createOpsServer';
import { Health, type HealthProblem } from '../ops/HealthReport';
import type { ServingPlane } from '../serving/ServingPlane';
import {
  type RunningTelemetry,
  startTelemetry,
  type TelemetryConfig,
} from '../telemetry/startTelemetry';

/** A certificate that ends within this time is a problem that operators are told of. */
const EXPIRES_SOON_MS = 7 * 24 * 60 * 60 * 1000;

/** How the server is seen from outside. @public */
export interface EdgeConfig {
  /** Who may call the gateways; everybody when not given, on loopback only. */
  callers?: CallersOptions;
  /** Certificates of the listeners that speak TLS. */
  tls?: TlsConfig;
  telemetry?: TelemetryConfig;
}

/** What surrounds serving: who may call, TLS, and what is told of requests. */
export interface Edge extends RunningTelemetry {
  callers: Callers;
  tls: ListenersTls;
  health: Health;
  /** The operators' listener, yet to be bound. */
  createOpsServer(): Server;
}

/** Opens all of it, or nothing and throws what is wrong with the configuration. */
export function openEdge(
  options: EdgeConfig & {
    plane: ServingPlane;
    dataDir: string;
    /** Address of the gateways. */
    host: string;
    logger: Logger;
    /** Service accounts, as the portal says. */
    access: AccessStore;
  },
): Edge {
  const { plane, dataDir, host, logger } = options;
  const tls = openTls(options.tls ?? {}, logger);
  let callers: Callers | undefined;
  try {
    callers = Callers.open({
      ...options.callers,
      ...{ host, logger },
      first: [new AccountAuthenticator(options.access)],
    });
    const telemetry = startTelemetry({
      ...options.telemetry,
      ...{ plane, dataDir, logger },
    });
    const known = callers;
    const health = new Health({
      plane,
      problems: () => [...tlsProblems(tls), ...callerProblems(known)],
      lost: telemetry.lost,
    });
    telemetry.metrics.addCertificates(tls);
    return {
      ...telemetry,
      ...{ tls, callers, health },
      createOpsServer: () =>
        createOpsServer({ metrics: telemetry.metrics, health, tls: tls.ops }),
      close: async () => {
        closeTls(tls);
        known.close();
        await telemetry.close();
      },
    };
  } catch (error) {
    closeTls(tls);
    callers?.close();
    throw error;
  }
}

function tlsProblems(tls: ListenersTls): HealthProblem[] {
  return Object.entries(tls).flatMap(([name, { expires, problem }]) => {
    const what = `certificate of ${name}`;
    const found: HealthProblem[] = [];
    if (problem) found.push({ what, reason: `not renewed: ${problem}` });
    if (expires - Date.now() < EXPIRES_SOON_MS) {
      const reason = `it ends at ${new Date(expires).toISOString()}`;
      found.push({ what, reason });
    }
    return found;
  });
}

function callerProblems({ problem }: Callers): HealthProblem[] {
  return problem ? [{ what: 'file of consumers', reason: problem }] : [];
}
