import type { LoggerService } from '@backstage/backend-plugin-api';
import type {
  AccessSnapshot,
  AccountLimits,
} from '@ml-platform/plugin-ml-common';
import type {
  CertificateAuthority,
  ServingTarget,
} from '@ml-platform/plugin-ml-node';
import type { TokenSigner } from '@ml-platform/workload-identity';
import { gatewayAudience } from './AccountIssuer';
import type { ServiceAccountStore } from './ServiceAccountStore';

export interface AccessPublisherOptions {
  store: ServiceAccountStore;
  target: ServingTarget;
  signer: TokenSigner | undefined;
  authority: CertificateAuthority | undefined;
  trustDomain: string;
  /** Of accounts that have none of their own. */
  limits: AccountLimits;
  logger: LoggerService;
  /** Milliseconds between two looks at what the data plane goes by. */
  interval: number;
}

/**
 * Keeps the data plane's list of service accounts up to date: told at once when
 * something is revoked, and looked after at intervals, so that a data plane that
 * was away, or lost what it knew, is told as well.
 */
export class AccessPublisher {
  readonly #options: AccessPublisherOptions;
  #timer?: NodeJS.Timeout;
  #stopped = false;
  #failed = false;
  /** Configuration may have changed while this process was not there. */
  #toldSinceStart = false;

  constructor(options: AccessPublisherOptions) {
    this.#options = options;
  }

  start(): void {
    const look = async () => {
      await this.#look();
      if (!this.#stopped) {
        this.#timer = setTimeout(look, this.#options.interval);
      }
    };
    look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Tells it now; a data plane that is away is told when it is back. */
  async publish(): Promise<void> {
    const { target } = this.#options;
    if (!target.setAccess) return;
    const snapshot = await this.#snapshot();
    if (snapshot) await this.#try(() => this.#tell(snapshot));
  }

  async #look(): Promise<void> {
    const { store, target } = this.#options;
    if (!target.getAccess) return;
    await this.#try(async () => {
      const report = await target.getAccess!();
      for (const [ref, at] of Object.entries(report.lastUsed)) {
        await store.touch(ref, at, 'gateway');
      }
      const { epoch, revision } = await store.getState();
      const isCurrent = report.epoch === epoch && report.revision === revision;
      if (isCurrent && this.#toldSinceStart) return;
      const snapshot = await this.#snapshot();
      if (snapshot) await this.#tell(snapshot);
    });
  }

  async #tell(snapshot: AccessSnapshot): Promise<void> {
    await this.#options.target.setAccess!(snapshot);
    this.#toldSinceStart = true;
  }

  async #snapshot(): Promise<AccessSnapshot | undefined> {
    const { authority, signer, store, trustDomain } = this.#options;
    if (!signer) return undefined;
    // Read first: what changes while the rest is read has a later revision.
    const { epoch, revision } = await store.getState();
    const accounts = await store.list({});
    return {
      epoch,
      revision,
      issuer: signer.issuer,
      audience: gatewayAudience(signer.issuer),
      keys: JSON.parse(JSON.stringify(await signer.publicKeys())),
      trustDomain,
      authorities: (await authority?.getAuthorities()) ?? [],
      accounts: accounts
        .filter(
          ({ capabilities, revokedAt }) =>
            !revokedAt && capabilities.includes('predict'),
        )
        .map(({ environments, limits, models, ref }) => ({
          ...{ ref, models, environments },
          limits: { ...this.#options.limits, ...limits },
        })),
      denied: await store.listDenied(),
    };
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
      this.#failed = false;
    } catch (error) {
      // Said once, and not every few seconds.
      if (!this.#failed) {
        this.#options.logger.warn(
          'The data plane could not be told of service accounts; it is tried again',
          error as Error,
        );
      }
      this.#failed = true;
    }
  }
}
