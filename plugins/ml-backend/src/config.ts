import { resolve } from 'node:path';
import type { RootConfigService } from '@backstage/backend-plugin-api';
import { type Config, readDurationFromConfig } from '@backstage/config';
import { InputError } from '@backstage/errors';
import { durationToMilliseconds } from '@backstage/types';
import type {
  PlatformInfo,
  PolicyKey,
  PolicyValues,
} from '@ml-platform/plugin-ml-common';
import type { ExternalArtifactStoreOptions, S3Options } from './artifacts';
import { readS3Options } from './artifacts/s3/readS3Options';
import { type GitopsConfig, readGitopsConfig } from './gitops/readGitopsConfig';
import { readAuditConfig } from './audit/readAuditConfig';
import type { AuditConfig } from './audit/startAudit';
import {
  type BatchJobSettings,
  readBatchJobSettings,
} from './batchJobs/batchJobSettings';
import {
  type EvaluationSettings,
  readEvaluationSettings,
} from './evaluations/evaluationSettings';
import { readSignatureSettings } from './proof/readSignatureSettings';
import type { SignatureSettings } from './proof/signatureSettings';
import { readConfiguredOnly, readPolicies } from './policy/readPolicies';
import {
  readStrategySettings,
  type StrategySettings,
} from './releases/strategySettings';
import type { OpenLineageOptions } from './lineage/openlineage/OpenLineageChannel';
import {
  type IdentityConfig,
  readIdentityConfig,
} from './serviceAccounts/readIdentityConfig';
import type { EmbeddedServingTargetOptions } from './serving/EmbeddedServingTarget';
import { readCaFile } from './serving/readCaFile';

export interface MlConfig {
  artifacts: {
    /** Absolute. */
    directory: string;
    /** A bucket for the bytes, instead of the directory. */
    s3?: S3Options;
    /** Milliseconds. */
    gracePeriodMs: number;
    /** A registry that somebody else runs, instead of the embedded store. */
    external?: ExternalArtifactStoreOptions & {
      /** Whether deleting a version deletes its manifest there. */
      deleteVersions: boolean;
    };
  };
  audit: AuditConfig;
  /** Absent when another serving target is installed. */
  embeddedServing?: EmbeddedServingTargetOptions;
  /** What the portal shows to gateways that ask who calls. */
  gatewayKey?: string;
  /** For callers. */
  grpcGateways?: PlatformInfo['grpcGateways'];
  webhooks: {
    /** CloudEvents source. */
    source: string;
    /** Absent when there is none, and no webhook can be created then. */
    encryptionKey?: string;
    allowPrivateTargets: boolean;
    /** Milliseconds. */
    retryDelay: number;
  };
  /** Whether Backstage's notifications tell of releases. */
  notifications: boolean;
  openLineage: {
    /** Namespace of jobs, models and deployments. */
    namespace: string;
    /** Absent when nobody is told. */
    target?: OpenLineageOptions;
  };
  /** Milliseconds. */
  statusInterval: number;
  /** Milliseconds. */
  loadTimeout: number;
  /** What the policies are before anybody changed them. */
  policies: PolicyValues;
  /** Those that nobody changes but the configuration. */
  configuredOnly: PolicyKey[];
  strategies: StrategySettings;
  signatures: SignatureSettings;
  /** Absent when no desired state is kept in Git. */
  gitops?: GitopsConfig;
  evaluation: EvaluationSettings;
  identity: IdentityConfig;
  /** Whether sign-in takes groups from the identity provider as well. */
  groupsAtSignIn: boolean;
  batch: BatchJobSettings;
  /** Host and port of the registry that clients push to. */
  registryHost: string;
  /** Where clients push instead of to the portal. */
  externalRegistry?: PlatformInfo['externalRegistry'];
}

export function readMlConfig(config: RootConfigService): MlConfig {
  const duration = (key: string, fallback: number) =>
    config.has(key)
      ? durationToMilliseconds(readDurationFromConfig(config, { key }))
      : fallback;
  const embedded = config.getOptionalConfig('ml.serving.embedded');
  const external = config.getOptionalConfig('ml.artifacts.external');
  return {
    artifacts: {
      directory: resolve(
        config.getOptionalString('ml.artifacts.embedded.directory') ??
          '.ml/artifacts',
      ),
      s3: readS3Options(config.getOptionalConfig('ml.artifacts.embedded.s3')),
      gracePeriodMs: duration('ml.artifacts.embedded.gracePeriod', 60 * 60_000),
      external: external && {
        url: external.getString('url').replace(/\/+$/, ''),
        username: external.getOptionalString('username'),
        password: external.getOptionalString('password'),
        repositoryPrefix: external.getOptionalString('repositoryPrefix'),
        deleteVersions: external.getOptionalBoolean('deleteVersions') ?? false,
      },
    },
    audit: readAuditConfig(config),
    embeddedServing: embedded && {
      url: embedded.getString('control.url').replace(/\/$/, ''),
      token: embedded.getString('control.token'),
      gateways: {
        staging: embedded.getString('gateways.staging'),
        production: embedded.getString('gateways.production'),
      },
      ca: readEmbeddedCa(embedded),
    },
    gatewayKey: config.getOptionalString('ml.serving.gatewayKey'),
    grpcGateways: {
      staging: embedded?.getOptionalString('grpcGateways.staging'),
      production: embedded?.getOptionalString('grpcGateways.production'),
    },
    webhooks: {
      source: `${config
        .getString('backend.baseUrl')
        .replace(/\/+$/, '')}/api/ml`,
      encryptionKey:
        config.getOptionalString('ml.webhooks.encryptionKey') ??
        config
          .getOptionalConfigArray('backend.auth.keys')?.[0]
          ?.getOptionalString('secret'),
      allowPrivateTargets:
        config.getOptionalBoolean('ml.webhooks.allowPrivateTargets') ?? false,
      retryDelay: duration('ml.webhooks.retryDelay', 5_000),
    },
    notifications: config.getOptionalBoolean('ml.notifications') ?? true,
    openLineage: readOpenLineage(config),
    statusInterval: duration('ml.serving.statusInterval', 2_000),
    loadTimeout: duration('ml.releases.loadTimeout', 5 * 60_000),
    policies: readPolicies(config),
    configuredOnly: readConfiguredOnly(config),
    strategies: readStrategySettings(config),
    signatures: readSignatureSettings(config),
    gitops: readGitopsConfig(config),
    evaluation: readEvaluationSettings(config),
    identity: readIdentityConfig(config),
    groupsAtSignIn: config.has('ml.signIn.groups'),
    batch: readBatchJobSettings(config),
    registryHost: new URL(
      external?.getString('url') ?? config.getString('backend.baseUrl'),
    ).host,
    // Never the account: every signed-in user may read this.
    externalRegistry: external && {
      url: external.getString('url').replace(/\/+$/, ''),
      repositoryPrefix: external.getOptionalString('repositoryPrefix'),
    },
  };
}

function readEmbeddedCa(embedded: Config): string | undefined {
  const file = embedded.getOptionalString('caFile');
  return file && readCaFile('ml.serving.embedded.caFile', resolve(file));
}

function readOpenLineage(config: RootConfigService): MlConfig['openLineage'] {
  const section = config.getOptionalConfig('ml.openLineage');
  const url = section?.getOptionalString('url');
  if (url !== undefined && !/^https?:$/.test(protocolOf(url))) {
    throw new InputError(
      `ml.openLineage.url: '${url}' is no HTTP address; write for instance https://marquez.example`,
    );
  }
  const path = section?.getOptionalString('endpoint') ?? '/api/v1/lineage';
  return {
    namespace:
      section?.getOptionalString('namespace') ??
      `ml://${new URL(config.getString('backend.baseUrl')).host}`,
    target:
      url === undefined
        ? undefined
        : {
            endpoint: `${url.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`,
            apiKey: section?.getOptionalString('apiKey'),
          },
  };
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : '';
}
