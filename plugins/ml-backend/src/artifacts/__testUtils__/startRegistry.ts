import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import type { Knex } from 'knex';
import { DatabaseAuditLog } from '../../audit/DatabaseAuditLog';
import {
  createArtifactsRouter,
  EmbeddedArtifactStore,
  type EmbeddedArtifactStoreOptions,
} from '../index';
import { RegistryClient } from './RegistryClient';
import { TestDisk, type TestStorage } from './TestStorage';

export const READER = 'user:default/reader';

export interface TestRegistry {
  store: EmbeddedArtifactStore;
  audit: DatabaseAuditLog;
  url: string;
  storage: TestStorage;
  client: RegistryClient;
  stop(): Promise<void>;
}

/**
 * A registry behind a real HTTP server, in this process, on a disk unless the
 * options tell another storage. The reader may only pull.
 */
export async function startRegistry(
  knex: Knex,
  {
    storage: given,
    ...options
  }: Partial<EmbeddedArtifactStoreOptions> & { storage?: TestStorage } = {},
): Promise<TestRegistry> {
  const storage: TestStorage = given ?? (await TestDisk.create());
  const audit = new DatabaseAuditLog({ knex });
  const logger = mockServices.logger.mock();
  const store = await EmbeddedArtifactStore.create({
    directory: storage.directory,
    s3: storage.s3,
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
    rights: {
      decide: async ({ actor }, { name }) =>
        actor === READER && name !== 'ml.artifact.pull' ? 'denied' : 'allowed',
      canReadAll: async () => true,
    },
  });
  const server = createServer(express().use('/v2', router));
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    store,
    audit,
    url,
    storage,
    client: new RegistryClient(url, mockCredentials.user.token()),
    async stop() {
      server.closeAllConnections();
      await new Promise(done => server.close(done));
      await storage.remove();
    },
  };
}
