import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mockCredentials, mockServices } from '@backstage/backend-test-utils';
import express from 'express';
import { createPullRouter, type ExternalArtifactStore } from '../index';
import { RegistryClient } from './RegistryClient';

/** The read-only registry of the portal behind a real HTTP server. */
export async function startPullServer(store: ExternalArtifactStore): Promise<{
  client: RegistryClient;
  stop: () => Promise<void>;
}> {
  const router = createPullRouter({
    store,
    logger: mockServices.logger.mock(),
    audit: { record: async () => {} },
    auth: mockServices.auth({ pluginId: 'ml' }),
    rights: { decide: async () => 'allowed', canReadAll: async () => true },
  });
  const server = createServer(express().use('/v2', router));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    client: new RegistryClient(
      `http://127.0.0.1:${port}`,
      mockCredentials.user.token(),
    ),
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
