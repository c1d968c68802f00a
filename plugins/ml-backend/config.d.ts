import type { HumanDuration } from '@backstage/types';

export interface Config {
  ml?: {
    artifacts?: {
      /** The store that the portal serves under `/v2/`. */
      embedded?: {
        /** Folder of the blobs, relative to the backend package or absolute. */
        directory?: string;
        /** A bucket of S3, or of a service that speaks its protocol, for the blobs instead. */
        s3?: {
          bucket: string;
          /** `us-east-1` by default. */
          region?: string;
          /** Address of a service other than AWS, e.g. `https://s3.example.com`. */
          endpoint?: string;
          /** Put before the name of each object, e.g. `ml-platform`. */
          prefix?: string;
          /** Without a key, the environment tells it, as for all tools of AWS. */
          accessKeyId?: string;
          /** @visibility secret */
          secretAccessKey?: string;
          /** Whether the bucket is part of the path; so by default with an endpoint. */
          forcePathStyle?: boolean;
          /** Size of the objects that an upload consists of; 8 MiB by default, 5 MiB at least. */
          partBytes?: number;
        };
        /** Largest artifact in bytes; 10 GiB by default. */
        maxArtifactBytes?: number;
        /**
         * How long a blob that no manifest names stays after a client pushed it
         * or was told that it is there; 1 hour by default.
         */
        gracePeriod?: HumanDuration | string;
      };
      /** An OCI registry that somebody else runs, instead of the embedded store. */
      external?: {
        /** Base URL without `/v2`, e.g. `https://registry.example.com`. */
        url: string;
        username?: string;
        /** @visibility secret */
        password?: string;
        /** Put before the name of each repository, e.g. `ml-platform`. */
        repositoryPrefix?: string;
        /**
         * Whether the deletion of a version deletes its manifest there too, with
         * all that refers to it; off by default. The registry has to allow it.
         */
        deleteVersions?: boolean;
      };
    };
    /** The tamper-evident audit log. */
    audit?: {
      /** Name of the log in its checkpoints; the host of the backend and `/ml-audit` by default. Never change it. */
      origin?: string;
      /**
       * Seed of the Ed25519 key that signs checkpoints, 32 bytes as base64url;
       * nothing is signed without it.
       * @visibility secret
       */
      signingKey?: string;
      checkpoints?: {
        /** File that checkpoints are appended to: out of reach of those who administer the database. */
        file?: string;
        /** Bucket with object lock that checkpoints are put into, where nobody can delete them. */
        s3?: {
          bucket: string;
          region?: string;
          /** Address of a service other than AWS. */
          endpoint?: string;
          /** Put before the name of each object. */
          prefix?: string;
          accessKeyId?: string;
          /** @visibility secret */
          secretAccessKey?: string;
          forcePathStyle?: boolean;
          /** For how many days nobody can delete a checkpoint; 800 by default. */
          retainDays?: number;
        };
        /** Witnesses that sign checkpoints as well, by the C2SP protocol tlog-witness. */
        witnesses?: Array<{
          url: string;
          /** Public key of the witness as C2SP writes it: name, hash and key, with `+` between them. */
          key: string;
        }>;
        /** How long entries wait for a checkpoint at the most, with fewer than 1,000 of them; 1 minute by default. */
        interval?: HumanDuration | string;
      };
      alerts?: {
        /** How often the log is looked at; 1 minute by default. */
        interval?: HumanDuration | string;
        /** How long what was begun may take until its outcome is missing; 1 hour by default. */
        outcomeAfter?: HumanDuration | string;
      };
      /** How many months events are kept after the month that they are of; 24 by default, and at least. */
      retentionMonths?: number;
      /** Whether what other plugins only read is recorded too, where `auditedPlugins` is installed; off by default. */
      pluginReads?: boolean;
    };
    serviceAccounts?: {
      /**
       * 32 random bytes or more, as base64url: what the keys are made of that
       * sign tokens and certificates; nothing is issued without it.
       * @visibility secret
       */
      key?: string;
      /** Of the names in certificates (SPIFFE); the host of the backend by default. */
      trustDomain?: string;
      /** OpenID Connect issuers of CI systems whose tokens accounts may be exchanged for. */
      ciIssuers?: string[];
      /** How much an account may ask of the gateways that was created without limits; without end by default. */
      limits?: { requestsPerSecond?: number; concurrency?: number };
    };
    webhooks?: {
      /**
       * Encrypts the secrets of webhooks in the database; the secret of the
       * first of `backend.auth.keys` by default.
       * @visibility secret
       */
      encryptionKey?: string;
      /** Lets webhooks go to private addresses and over plain HTTP; off by default. */
      allowPrivateTargets?: boolean;
      /** Wait after the first attempt that failed, doubled after each further one; 5 seconds by default. */
      retryDelay?: HumanDuration | string;
    };
    /** Tells a lineage service of trainings and deployments, as OpenLineage run events. */
    openLineage?: {
      /** Base URL of the service, e.g. `https://marquez.example`; nobody is told without it. */
      url?: string;
      /** Path that run events are posted to; `/api/v1/lineage` by default. */
      endpoint?: string;
      /**
       * Sent as a bearer token.
       * @visibility secret
       */
      apiKey?: string;
      /** Namespace of jobs, models and deployments; `ml://` and the host of the backend by default. */
      namespace?: string;
    };
    /** Evaluations: running the suites of versions, and what production requires of them. */
    evaluation?: {
      /**
       * Seed of the key (P-256) that signs results, 32 bytes as base64url; the
       * platform evaluates nothing without it.
       * @visibility secret
       */
      signingKey?: string;
      /** Environments that take versions only that passed their evaluation; `production` by default. */
      requiredFor?: Array<'staging' | 'production'>;
      /** Folder of runs and of Python environments; `.ml/evaluation` by default. */
      directory?: string;
      /** How long one evaluation may take; 30 minutes by default. */
      timeout?: HumanDuration | string;
    };
    /** Batch jobs: predictions for whole files, made by the portal. */
    batch?: {
      /** Folder of inputs and outputs; `.ml/batch` by default. */
      directory?: string;
      /** Largest input, such as `500MiB`; 1 GiB by default. */
      maxInputSize?: string;
      /** How long the files of a job are kept; 7 days by default. */
      keepFor?: HumanDuration | string;
    };
    signatures?: {
      /** Whether production takes versions only that somebody trusted has signed; false by default. */
      requiredForProduction?: boolean;
      /** Whose signatures count. */
      trusted?: Array<{
        /** For people: whose key or authority it is. */
        name: string;
        /** A public key (elliptic curve, PEM); or else a certificate. */
        publicKey?: string;
        /** Certificates that signing certificates must lead to (PEM). */
        certificate?: string;
        /** Teams for whose models it counts, e.g. `group:default/fraud`; for all when not given. */
        owners?: string[];
      }>;
    };
    /** Keeps desired state in a Git repository, when the section is there. */
    gitops?: {
      /** Switches it off where the section is there; true by default. */
      enabled?: boolean;
      /** The embedded repository, or the copy of the remote one; `.ml/git` by default. */
      directory?: string;
      /** HTTPS address of a repository on GitHub or GitLab, instead of the embedded one. */
      remote?: string;
      /** `main` by default. */
      branch?: string;
      /** How often the repository is looked at; 10 seconds by default. */
      interval?: HumanDuration | string;
      /**
       * Whether the e-mail address of a commit's author is believed (`email`); with
       * `confirm`, the default, every change that nobody pushed to the portal with
       * a token waits for somebody who applies it.
       */
      authors?: 'email' | 'confirm';
      /**
       * Shared with GitHub or GitLab, whose webhooks at `/git/hooks` make the
       * platform look at once.
       * @visibility secret
       */
      webhookSecret?: string;
      /** Of the platform's own commits. */
      committer?: {
        name?: string;
        email?: string;
      };
    };
    serving?: {
      /** The inference server on this machine. */
      embedded?: {
        control: {
          /** Base URL of its control API, e.g. `http://127.0.0.1:7010`. */
          url: string;
          /** @visibility secret */
          token: string;
        };
        /** Base URLs that callers use. */
        gateways: {
          staging: string;
          production: string;
        };
        /**
         * File with the certificates (PEM) of an authority of your own, which the
         * portal believes besides the usual ones when it calls the control API or
         * a gateway over TLS. Read at the start.
         */
        caFile?: string;
        /** Their hosts and ports for gRPC, e.g. `localhost:7108`; shown to callers. */
        grpcGateways?: {
          staging?: string;
          production?: string;
        };
      };
      /**
       * Key that the portal shows when somebody tries a model, where the gateways
       * ask who calls.
       * @visibility secret
       */
      gatewayKey?: string;
      /** How often the data plane is asked for its state; 2 seconds by default. */
      statusInterval?: HumanDuration | string;
    };
    /**
     * Who has which role: users and groups in full form, e.g.
     * `group:default/fraud-team`. Nobody who is not named may do anything.
     */
    roles?: {
      'ml-viewer'?: string[];
      'ml-engineer'?: string[];
      'platform-admin'?: string[];
      'data-access-auditor'?: string[];
    };
    /** What is governed in the portal, with the approval of a second person. */
    policy?: {
      /**
       * Policies that only this configuration decides on, e.g. `roles`; see the
       * reference for their names.
       */
      configuredOnly?: string[];
    };
    aliases?: {
      /** What a version needs before an alias of this name may point at it, on every model. */
      evidence?: { [alias: string]: string[] };
    };
    /** How much one team may do. */
    quotas?: {
      /** Models that are live in staging at a time; 5 by default. */
      stagingDeploymentsPerTeam?: number;
      /** Releases to production within 24 hours; 10 by default. */
      productionReleasesPerTeamPerDay?: number;
    };
    /** Whether Backstage's notifications tell owners of releases, which takes its plugin; true by default. */
    notifications?: boolean;
    releases?: {
      /** How long a version may take to become ready; 5 minutes by default. */
      loadTimeout?: HumanDuration | string;
      /** How a version takes over in production where none is asked for; `canary` by default. */
      productionStrategy?: 'canary' | 'blueGreen' | 'shadow';
      /** Times in which nothing is deployed; a rollback always may. */
      freezes?: Array<{
        /** Shown to whoever it stops. */
        reason: string;
        /** All by default. */
        environments?: Array<'staging' | 'production'>;
        /** Owners of models, as entity references; all by default. */
        teams?: string[];
        /** Once: both ISO 8601. */
        from?: string;
        to?: string;
        /** Each week, e.g. from `fri 16:00` to `mon 08:00`. */
        weekly?: {
          from: string;
          to: string;
          /** `UTC` by default. */
          timeZone?: string;
        };
      }>;
      /** How releases with the strategy `canary` take over. */
      canary?: {
        /** 5 %, 25 % and 100 % for 10 minutes each by default; the last one must be 100. */
        steps?: Array<{
          /** Share of the requests that the canary gets, in percent. */
          weight: number;
          /** How long the step lasts at the least. */
          hold: HumanDuration | string;
        }>;
        /** How often the judge is asked; 10 seconds by default. */
        tick?: HumanDuration | string;
        /** Probability of rolling back a version that is no worse, over a whole release; 0.01 by default. */
        falseAlarmRate?: number;
        /** A step passes when a failure rate this much above the stable version's is excluded; 0.05 by default. */
        tolerance?: number;
        /** Highest failure rate where there is no version to compare with, at 100 %; 0.01 by default. */
        maxErrorRate?: number;
        /** Requests of one client that count within a tick; 1000 by default. */
        clientCap?: number;
        /** What happens when a step's time is over without enough requests; `extend` by default. */
        insufficientEvidence?: 'extend' | 'synthetic' | 'proceed_flagged';
        /** A step that lasts longer than this is rolled back; 24 hours by default. */
        maxStep?: HumanDuration | string;
      };
      /** How releases with the strategy `blueGreen` take over. */
      blueGreen?: {
        /** How long the new version is watched while the old one stays warm; 15 minutes by default. */
        bake?: HumanDuration | string;
        /** What happens when that time is over without enough requests; `proceed_flagged` by default. */
        insufficientEvidence?: 'extend' | 'synthetic' | 'proceed_flagged';
      };
      /** What releases with the strategy `shadow` do. */
      shadow?: {
        /** Share of the requests that is copied, in percent; 100 by default. */
        percent?: number;
        /** How long copies are answered at the least; 30 minutes by default. */
        hold?: HumanDuration | string;
        /** Answered copies that a decision needs; 100 by default. */
        minRequests?: number;
        /** Share of copies that may fail; 0.01 by default. */
        maxErrorRate?: number;
        /** Share of answers that may differ before a canary; not judged by default. */
        maxDisagreement?: number;
        /** Numbers that differ by no more than this share of their size are the same; 0.00001 by default. */
        tolerance?: number;
        /** What follows: nothing, or a canary; `end` by default. */
        afterwards?: 'end' | 'canary';
      };
    };
  };
}
