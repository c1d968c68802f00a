import type { PlatformInfo } from '@ml-platform/plugin-ml-common';
import { pushTarget } from './pushTarget';

const portal = {
  url: 'https://portal.example.com',
  token: 'portal-token',
};

const info: PlatformInfo = {
  version: '1.0.0',
  gateways: { staging: 'http://a', production: 'http://b' },
  registry: 'portal.example.com',
  identity: 'user:default/mia',
};

const external = {
  ...info,
  registry: 'registry.example.com:5000',
  externalRegistry: {
    url: 'http://registry.example.com:5000',
    repositoryPrefix: 'team',
  },
};

describe('where packages are pushed to', () => {
  it('is the portal, with its token', () => {
    expect(pushTarget(portal, info, {})).toEqual({
      base: 'https://portal.example.com',
      authorization: 'Bearer portal-token',
      prefix: '',
    });
  });

  it('is the registry that the portal names, with an account of its own', () => {
    const env = { ML_REGISTRY_USERNAME: 'mia', ML_REGISTRY_PASSWORD: 'secret' };
    expect(pushTarget(portal, external, env)).toEqual({
      base: 'http://registry.example.com:5000',
      credentials: { username: 'mia', password: 'secret' },
      prefix: 'team/',
    });
  });

  it('never sends the token of the portal to another registry', () => {
    const target = pushTarget(portal, external, {});
    expect(JSON.stringify(target)).not.toContain('portal-token');
    expect(target.authorization).toBeUndefined();
  });
});
