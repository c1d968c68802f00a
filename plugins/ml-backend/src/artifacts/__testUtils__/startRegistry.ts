import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import { AuthorizeResult } from '@backstage/plugin-permission-common';
import express from 'express';
import type { Knex } from 'knex';
import { DatabaseAuditLog } from '../../audit/DatabaseAuditLog';
import { actorOf } from '../../http/requestContext';
import {
  createArtifactsRouter,
  EmbeddedArtifactStore,
  type EmbeddedArtifactStoreOptions,
} from '../index';
import { RegistryClient } from './RegistryClient';

export const READER = 'user:default/reader';

export interface TestRegistry {
  store: EmbeddedArtifactStore;
  audit: DatabaseAuditLog;
  url: string;
  directory: string;
  client: RegistryClient;
  stop(): Promise<void>;
}

/** A registry behind a real HTTP server, in this process. The reader may only pull. */
export async function startRegistry(
  knex: Knex,
  options: Partial<EmbeddedArtifactStoreOptions> = {},
): Promise<TestRegistry> {
  const directory =
    options.directory ?? (await mkdtemp(join(tmpdir(), 'ml-artifacts-')));
  const audit = new DatabaseAuditLog({ knex });
  const logger = mockServices.logger.mock();
  const store = await EmbeddedArtifactStore.create({
    directory,
    knex,
    audit,
    logger,
    ...options,
  });
  const router = createArtifactsRouter({
    store,
    logger,
    audit: options.audit ?? audit,
    auth: mockServices.auth({ pluginId: 'ml' }),
    permissions: {
      authorize: async ([{ permission }], { credentials }) => [
        {
          result:
            actorOf(credentials) === READER &&
            permission.name !== 'ml.artifact.pull'
              ? AuthorizeResult.DENY
              : AuthorizeResult.ALLOW,
        },
      ],
    },
  });
  const server = createServer(express().use('/v2', router));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    store,
    audit,
    url,
    directory,
    client: new RegistryClient(url, mockCredentials.user.token()),
    async stop() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
      if (!options.directory) await rm(directory, { recursive: true });
    },
  };
}
