import {
  type ActiveFreeze,
  type Environment,
  findFreeze,
  type Model,
  type ReleaseOutlook,
  type RefusalCode,
  type ReleasePolicy,
  type ReleaseRule,
  type Strategy,
} from '@ml-platform/plugin-ml-common';
import type { Knex } from 'knex';
import { liveVersion } from '../deploymentState';
import type { ReleaseStore } from '../ReleaseStore';
import type { ReleasePolicySource } from './ReleasePolicySource';
import type { ReleaseQuotas } from './ReleaseQuotas';
import { ReleaseRefusal } from './ReleaseRefusal';

const DAY_MS = 24 * 60 * 60_000;

export interface ReleaseAdmissionOptions {
  store: Pick<ReleaseStore, 'getDeployment'>;
  quotas: ReleaseQuotas;
  policy: ReleasePolicySource;
}

/** A deployment that is asked for. */
export interface AskedRelease {
  model: Pick<Model, 'name' | 'owner'>;
  environment: Environment;
  version: string;
  /** What the platform takes when absent. */
  strategy?: Strategy;
}

/**
 * Called where a rule stands in the way: goes on where an approval lifts it.
 * @throws ReleaseRefusal otherwise
 */
export type Lift = (
  rule: ReleaseRule,
  refusal: { code: RefusalCode; message: string },
) => Promise<void>;

/**
 * Decides whether a deployment may begin, and how: freezes, quotas, and the way
 * that versions take over in production. A rollback is never asked for here.
 */
export class ReleaseAdmission {
  readonly #options: ReleaseAdmissionOptions;

  constructor(options: ReleaseAdmissionOptions) {
    this.#options = options;
  }

  /** What awaits a deployment now; nothing is taken. */
  async outlook(
    model: Pick<Model, 'name' | 'owner'>,
    environment: Environment,
  ): Promise<ReleaseOutlook> {
    const policy = await this.getPolicy();
    const { quotas, store } = this.#options;
    const deployment = await store.getDeployment(model.name, environment);
    const live = deployment && liveVersion(deployment);
    const team = model.owner;
    const freeze = findFreeze(policy.freezes, {
      ...{ environment, team },
      at: new Date(),
    });
    const { productionReleasesPerTeamPerDay, stagingDeploymentsPerTeam } =
      policy.quotas;
    return {
      model: model.name,
      ...{ environment, team },
      strategy: defaultStrategy(policy, environment, live),
      first: !live,
      quota:
        environment === 'staging'
          ? {
              used: (await quotas.listStaged(team)).length,
              limit: stagingDeploymentsPerTeam,
            }
          : {
              used: (await quotas.listDeployed({ team, since: aDayAgo() }))
                .length,
              limit: productionReleasesPerTeamPerDay,
            },
      ...(freeze && { freeze }),
    };
  }

  /** To be read before a transaction begins. */
  getPolicy(): Promise<ReleasePolicy> {
    return this.#options.policy.getReleasePolicy();
  }

  /**
   * Freezes and quotas. To be called before the release is stored, in its
   * transaction: what is counted stays true until that is over.
   * @throws ReleaseRefusal with the rule, and what to do
   */
  async admit(
    trx: Knex.Transaction,
    asked: AskedRelease,
    policy: ReleasePolicy,
    lift: Lift,
  ): Promise<void> {
    const { environment, model } = asked;
    const freeze = findFreeze(policy.freezes, {
      environment,
      team: model.owner,
      at: new Date(),
    });
    if (freeze) {
      await lift('freeze', {
        code: 'FROZEN',
        message: frozen(environment, freeze),
      });
    }
    await this.#options.quotas.lock(trx, model.owner, environment);
    const excess =
      environment === 'staging'
        ? await this.#excessOfStaging(trx, asked, policy)
        : await this.#excessOfProduction(trx, asked, policy);
    if (excess) {
      await lift('quota', { code: 'QUOTA_EXCEEDED', message: excess });
    }
  }

  /**
   * For what was admitted before, and begins only now.
   * @throws ReleaseRefusal in a freeze
   */
  checkFreeze(
    { environment, model }: Pick<AskedRelease, 'environment' | 'model'>,
    { freezes }: ReleasePolicy,
  ): void {
    const at = new Date();
    const freeze = findFreeze(freezes, { environment, team: model.owner, at });
    if (!freeze) return;
    throw new ReleaseRefusal(
      'FROZEN',
      `${frozen(environment, freeze)}. Deploy again after it`,
    );
  }

  /**
   * How an admitted release takes over, given what is live.
   * @throws ReleaseRefusal where the way that is asked for needs an approval
   */
  async settleStrategy(
    { environment, strategy, version }: AskedRelease,
    policy: ReleasePolicy,
    live: string | undefined,
    lift: Lift,
  ): Promise<Strategy> {
    const usual = defaultStrategy(policy, environment, live);
    if (!strategy) return usual;
    const skips =
      environment === 'production' &&
      strategy === 'immediate' &&
      live !== undefined &&
      live !== version;
    if (skips) {
      await lift('skip-canary', {
        code: 'APPROVAL_REQUIRED',
        message: `An immediate release to production passes over the ${usual} beside ${live}, which needs the approval of a second person. Deploy without a strategy`,
      });
    }
    return strategy;
  }

  async #excessOfStaging(
    trx: Knex.Transaction,
    { model }: AskedRelease,
    { quotas: { stagingDeploymentsPerTeam: limit } }: ReleasePolicy,
  ): Promise<string | undefined> {
    const staged = await this.#options.quotas.listStaged(model.owner, trx);
    const others = staged.filter(name => name !== model.name);
    if (others.length < limit) return undefined;
    return `${model.owner} has ${
      others.length
    } models in staging already (${others.join(
      ', ',
    )}), and ${limit} may be there at the same time. Take one of them out ('ml undeploy ${
      others[0] ?? '<model>'
    } --env staging')`;
  }

  async #excessOfProduction(
    trx: Knex.Transaction,
    { model: { owner: team } }: AskedRelease,
    { quotas: { productionReleasesPerTeamPerDay: limit } }: ReleasePolicy,
  ): Promise<string | undefined> {
    const deployed = await this.#options.quotas.listDeployed(
      { team, since: aDayAgo() },
      trx,
    );
    if (deployed.length < limit) return undefined;
    // The one that must be a day old before there is room again.
    const blocking = deployed[deployed.length - limit];
    const again = blocking
      ? ` The next one may begin at ${new Date(
          Date.parse(blocking) + DAY_MS,
        ).toISOString()}.`
      : '';
    return `${team} began ${deployed.length} deployments to production within 24 hours, and ${limit} are allowed.${again} A rollback does not count. Wait until then`;
  }
}

function defaultStrategy(
  { productionStrategy }: ReleasePolicy,
  environment: Environment,
  live: string | undefined,
): Strategy {
  return environment === 'production' && live !== undefined
    ? productionStrategy
    : 'immediate';
}

function frozen(
  environment: Environment,
  { reason, until }: ActiveFreeze,
): string {
  return `Nothing is deployed to ${environment} until ${until}: ${reason}. A rollback may go on`;
}

function aDayAgo(): Date {
  return new Date(Date.now() - DAY_MS);
}
