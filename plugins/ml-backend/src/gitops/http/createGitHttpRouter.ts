import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { AuthService, LoggerService } from '@backstage/backend-plugin-api';
import {
  mlGitopsPushPermission,
  mlGitopsReadPermission,
} from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import type { Authorizer } from '../../authorization/Authorizer';
import { actorOf, type RequestContext } from '../../http/requestContext';
import { requestToken } from '../../http/requestToken';
import type { GitBranch } from '../git/GitBranch';
import type { PushGate } from './PushGate';

export interface GitHttpRouterOptions {
  branch: GitBranch;
  gate: PushGate;
  auth: AuthService;
  authorizer: Authorizer;
  logger: LoggerService;
  /** Called after a push. */
  onPushed: () => void;
}

const SERVICES = {
  'git-upload-pack': mlGitopsReadPermission,
  'git-receive-pack': mlGitopsPushPermission,
} as const;
type Service = keyof typeof SERVICES;

const MAX_BODY = 64 * 1024 * 1024;

/**
 * Serves the embedded repository over Git's smart HTTP protocol, to whoever
 * brings a Backstage token. Git itself speaks the protocol; what is here is
 * who may, and the way of the bytes.
 */
export function createGitHttpRouter(
  options: GitHttpRouterOptions,
): express.Router {
  const { auth, authorizer, branch, gate, onPushed } = options;
  const router = Router();

  const authenticate = async (
    req: express.Request,
    res: express.Response,
    service: Service,
  ): Promise<RequestContext | undefined> => {
    const refuse = (status: number, text: string) => {
      if (status === 401) {
        res.setHeader('WWW-Authenticate', 'Basic realm="ML Platform"');
      }
      // Git shows a plain text to its user.
      res.status(status).type('text/plain').send(`${text}\n`);
      return undefined;
    };
    const token = requestToken(req);
    if (!token) {
      return refuse(
        401,
        "Sign in with a Backstage token as the password; 'ml gitops credential' is a credential helper for Git",
      );
    }
    try {
      const credentials = await auth.authenticate(token);
      const context = {
        credentials,
        actor: actorOf(credentials),
        requestId: randomUUID(),
      };
      await authorizer.require(context, SERVICES[service], 'gitops');
      return context;
    } catch (error) {
      const { message, name } = error as Error;
      if (name === 'NotAllowedError') return refuse(403, message);
      if (name === 'AuthenticationError') {
        return refuse(401, 'The token is not valid here, or has expired');
      }
      throw error;
    }
  };

  router.get('/deployments.git/info/refs', async (req, res) => {
    const { service } = req.query;
    if (!isService(service)) {
      res
        .status(403)
        .type('text/plain')
        .send('Use a Git that speaks the smart HTTP protocol\n');
      return;
    }
    if (!(await authenticate(req, res, service))) return;
    await branch.open();
    begin(res, `application/x-${service}-advertisement`);
    const protocol = req.header('git-protocol');
    if (protocol !== 'version=2' || service === 'git-receive-pack') {
      const line = `# service=${service}\n`;
      const length = (line.length + 4).toString(16).padStart(4, '0');
      res.write(`${length}${line}0000`);
    }
    await talk(options, service, { req, res, isAdvertisement: true });
  });

  for (const service of Object.keys(SERVICES) as Service[]) {
    router.post(`/deployments.git/${service}`, async (req, res) => {
      const context = await authenticate(req, res, service);
      if (!context) return;
      await branch.open();
      begin(res, `application/x-${service}-result`);
      if (service === 'git-upload-pack') {
        await talk(options, service, { req, res });
        return;
      }
      await gate.during(context, env =>
        talk(options, service, { req, res, env }),
      );
      onPushed();
    });
  }

  router.use((_req, res) => {
    res.status(404).type('text/plain').send('There is no such repository\n');
  });
  return router;
}

function begin(res: express.Response, type: string): void {
  res.status(200);
  res.setHeader('Content-Type', type);
  res.setHeader('Cache-Control', 'no-cache, no-transform');
}

function isService(value: unknown): value is Service {
  return typeof value === 'string' && Object.hasOwn(SERVICES, value);
}

/** Lets Git answer a request. */
function talk(
  { branch, logger }: GitHttpRouterOptions,
  service: Service,
  exchange: {
    req: express.Request;
    res: express.Response;
    isAdvertisement?: boolean;
    env?: Record<string, string>;
  },
): Promise<void> {
  const { env, isAdvertisement, req, res } = exchange;
  const { git } = branch;
  const protocol = req.header('git-protocol');
  return new Promise((resolve, reject) => {
    const child = spawn(
      'git',
      [
        ...git.options,
        '-c',
        `receive.maxInputSize=${MAX_BODY}`,
        service.replace('git-', ''),
        '--stateless-rpc',
        ...(isAdvertisement ? ['--advertise-refs'] : []),
        git.directory,
      ],
      {
        env: git.environment({
          ...env,
          ...(protocol &&
            /^version=\d$/.test(protocol) && { GIT_PROTOCOL: protocol }),
        }),
      },
    );
    let complaint = '';
    child.stderr.on('data', chunk => {
      complaint = `${complaint}${chunk}`.slice(-2000);
    });
    child.on('error', reject);
    // A caller that goes away takes its process with it; a push that Git has
    // taken by then stays taken.
    res.on('close', () => child.kill());
    child.on('close', code => {
      if (code) logger.warn(`${service} ended with ${code}: ${complaint}`);
      res.end();
      resolve();
    });
    child.stdout.pipe(res, { end: false });
    child.stdin.on('error', () => {});
    if (isAdvertisement) {
      child.stdin.end();
      return;
    }
    const finish = (error: unknown) => {
      if (error) child.kill();
    };
    if (req.header('content-encoding') === 'gzip') {
      pipeline(req, createGunzip(), child.stdin, finish);
    } else {
      pipeline(req, child.stdin, finish);
    }
  });
}
