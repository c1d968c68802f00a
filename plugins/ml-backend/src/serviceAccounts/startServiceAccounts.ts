import type {
  LifecycleService,
  LoggerService,
  SchedulerService,
} from '@backstage/backend-plugin-api';
import type {
  CertificateAuthority,
  ServingTarget,
} from '@ml-platform/plugin-ml-node';
import { EmbeddedAuthority, TokenSigner } from '@ml-platform/workload-identity';
import type { Knex } from 'knex';
import type { AuditLog } from '../audit/AuditLog';
import type { Authorizer } from '../authorization/Authorizer';
import type { RequestContext } from '../http/requestContext';
import type { RegistryService } from '../registry/RegistryService';
import { AccessPublisher } from './AccessPublisher';
import { AccountIssuer } from './AccountIssuer';
import { CiTokens } from './CiTokens';
import { DatabaseServiceAccountStore } from './DatabaseServiceAccountStore';
import type { IdentityConfig } from './readIdentityConfig';
import { EXCHANGE_PATH } from './router';
import { ServiceAccountService } from './ServiceAccountService';
import type { ServiceAccountStore } from './ServiceAccountStore';
import { TokenExchange } from './TokenExchange';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Wires service accounts: who issues, who is told, and what is forgotten. */
export async function startServiceAccounts(options: {
  config: IdentityConfig;
  knex: Knex;
  /** Instead of the embedded authority. */
  custom: CertificateAuthority | undefined;
  registry: RegistryService;
  authorizer: Authorizer;
  audit: AuditLog;
  target: ServingTarget;
  getOwnershipRefs: (context: RequestContext) => Promise<string[]>;
  lifecycle: LifecycleService;
  logger: LoggerService;
  scheduler: SchedulerService;
  /** Milliseconds. */
  statusInterval: number;
}) {
  const { config, knex, lifecycle, scheduler } = options;
  const { issuer: name, secret } = config;
  const store = new DatabaseServiceAccountStore({ knex });
  const signer = secret && new TokenSigner({ issuer: name, secret });
  const authority =
    options.custom ?? (secret && (await openEmbedded(store, config)));
  const shared = { ...options, ...config, store, signer, authority };
  const issuer = new AccountIssuer(shared);
  const publisher = new AccessPublisher({
    ...shared,
    interval: options.statusInterval,
  });
  const serviceAccounts = new ServiceAccountService({
    ...shared,
    issuer,
    onChange: () => publisher.publish(),
  });
  const tokenExchange = new TokenExchange({
    ...shared,
    issuer,
    ciTokens: new CiTokens({ issuers: config.ciIssuers }),
    audience: `${name}/v1${EXCHANGE_PATH}`,
  });
  await scheduler.scheduleTask({
    id: 'ml-forget-old-credentials',
    frequency: { hours: 24 },
    timeout: { minutes: 10 },
    initialDelay: { minutes: 5 },
    fn: () => store.prune(new Date(Date.now() - 90 * DAY_MS)),
  });
  lifecycle.addStartupHook(() => publisher.start());
  lifecycle.addShutdownHook(() => publisher.stop());
  return { serviceAccounts, tokenExchange };
}

/** Its key is made of the platform's secret, its certificate is kept. */
async function openEmbedded(
  store: ServiceAccountStore,
  { secret, trustDomain }: IdentityConfig,
): Promise<CertificateAuthority> {
  const open = (certificate?: string) =>
    EmbeddedAuthority.open({ secret: secret!, trustDomain, certificate });
  let { authority: kept } = await store.getState();
  if (!kept) {
    ({ authority: kept } = await store.setAuthority(
      (
        await open()
      ).certificate,
    ));
  }
  const authority = await open(kept);
  return {
    issue: order => authority.issue(order),
    getAuthorities: async () => [authority.certificate],
  };
}
