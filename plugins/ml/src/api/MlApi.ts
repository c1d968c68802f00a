import { createApiRef } from '@backstage/frontend-plugin-api';
import type {
  AccessClient,
  AliasesClient,
  ApprovalsClient,
  LimitsClient,
  LineageClient,
  MlClient,
  PolicyClient,
  RetentionClient,
  ServiceAccountsClient,
  VersionsClient,
  WebhooksClient,
} from '@ml-platform/plugin-ml-common';

/**
 * The control plane, as the frontend sees it: what the client offers, without
 * what it keeps to itself.
 * @public
 */
export type MlApi = Omit<
  Pick<MlClient, keyof MlClient>,
  | 'access'
  | 'policy'
  | 'serviceAccounts'
  | 'versions'
  | 'aliases'
  | 'approvals'
  | 'lineage'
  | 'limits'
  | 'retention'
  | 'webhooks'
> & {
  access: Pick<AccessClient, keyof AccessClient>;
  policy: Pick<PolicyClient, keyof PolicyClient>;
  serviceAccounts: Pick<ServiceAccountsClient, keyof ServiceAccountsClient>;
  versions: Pick<VersionsClient, keyof VersionsClient>;
  aliases: Pick<AliasesClient, keyof AliasesClient>;
  approvals: Pick<ApprovalsClient, keyof ApprovalsClient>;
  lineage: Pick<LineageClient, keyof LineageClient>;
  limits: Pick<LimitsClient, keyof LimitsClient>;
  retention: Pick<RetentionClient, keyof RetentionClient>;
  webhooks: Pick<WebhooksClient, keyof WebhooksClient>;
};

/** @public */
export const mlApiRef = createApiRef<MlApi>().with({ id: 'plugin.ml.service' });
