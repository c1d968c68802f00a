import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { FriendlyError } from './FriendlyError.mjs';

/** Where gRPC listens when nothing is said; the inference server has the same rule. */
const GRPC_DISTANCE = 100;

const PORTS = [
  { key: 'portal', variable: 'ML_PORT', port: 7007, what: 'the portal' },
  {
    key: 'production',
    variable: 'ML_PRODUCTION_PORT',
    port: 7008,
    what: 'the production gateway',
  },
  {
    key: 'staging',
    variable: 'ML_STAGING_PORT',
    port: 7009,
    what: 'the staging gateway',
  },
  {
    key: 'control',
    variable: 'ML_CONTROL_PORT',
    port: 7010,
    what: "the inference server's control API",
  },
  {
    key: 'productionGrpc',
    variable: 'ML_PRODUCTION_GRPC_PORT',
    beside: 'production',
    distance: GRPC_DISTANCE,
    what: 'the production gateway over gRPC',
  },
  {
    key: 'stagingGrpc',
    variable: 'ML_STAGING_GRPC_PORT',
    beside: 'staging',
    distance: GRPC_DISTANCE,
    what: 'the staging gateway over gRPC',
  },
  {
    key: 'identity',
    variable: 'ML_IDENTITY_PORT',
    beside: 'control',
    distance: 1,
    what: 'the identity provider',
  },
];

/** Ports of all listeners: the defaults, or what the environment says. */
export function readPorts(env = process.env) {
  const ports = {};
  for (const { key, variable, port, beside, distance } of PORTS) {
    const text = env[variable];
    const fallback = beside ? ports[beside] + distance : port;
    const value = text ? Number(text) : fallback;
    if (!Number.isInteger(value) || value < 1 || value > 65535) {
      throw new FriendlyError(
        `${variable} is "${
          text ?? value
        }", but must be a port number from 1 to 65535.`,
      );
    }
    const twin = Object.entries(ports).find(([, other]) => other === value);
    if (twin) {
      throw new FriendlyError(
        `${variable} is ${value}, which is also the port of ${twin[0]}. Each needs its own.`,
      );
    }
    ports[key] = value;
  }
  return ports;
}

/** How long a process that was just killed may take to let go of its ports. */
const RELEASE_MS = 5_000;

/** Refuses in one line when a port is taken. */
export async function checkPorts(ports) {
  const deadline = Date.now() + RELEASE_MS;
  for (const { key, variable, what } of PORTS) {
    const port = ports[key];
    let free = await isFree(port);
    let holder = free ? undefined : findHolder(port);
    // Held, but by no process that can be seen: one that is being killed.
    while (!free && !holder && Date.now() < deadline) {
      await sleep(100);
      free = await isFree(port);
      holder = free ? undefined : findHolder(port);
    }
    if (free) continue;
    throw new FriendlyError(
      `Port ${port}, wanted by ${what}, is taken${
        holder ? ` by ${holder}` : ''
      }. ` +
        `Stop that program, or choose another port: ${variable}=${
          port + 1000
        } npm start`,
    );
  }
}

async function isFree(port) {
  for (const host of ['127.0.0.1', '::']) {
    const code = await new Promise(resolve => {
      const server = net.createServer();
      server.once('error', error => resolve(error.code));
      server.listen({ port, host }, () =>
        server.close(() => resolve(undefined)),
      );
    });
    // A machine without IPv6 answers EAFNOSUPPORT or EADDRNOTAVAIL.
    if (code === 'EADDRINUSE' || code === 'EACCES') return false;
  }
  return true;
}

/** `name (process id)` of the program that listens, where it can be found. */
function findHolder(port) {
  try {
    return process.platform === 'linux' ? fromProc(port) : fromLsof(port);
  } catch {
    return undefined;
  }
}

function fromProc(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const listening = fields[3] === '0A';
      if (listening && fields[1].endsWith(`:${hex}`)) inodes.add(fields[9]);
    }
  }
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        const link = readlinkSync(`/proc/${pid}/fd/${fd}`);
        if (inodes.has(link.slice('socket:['.length, -1))) {
          const name = readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
          return `${name} (process ${pid})`;
        }
      }
    } catch {
      // Not ours to look into, or gone meanwhile.
    }
  }
  return undefined;
}

function fromLsof(port) {
  const text = execFileSync(
    'lsof',
    ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const [, pid, name] = text.match(/^p(\d+)\nc(.+)$/m) ?? [];
  return pid && `${name} (process ${pid})`;
}
