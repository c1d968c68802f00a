import { publicAddress } from './findOrigin';

describe('publicAddress', () => {
  it.each([
    ['https://mia:token@git.example/wine.git', 'https://git.example/wine.git'],
    ['https://token@git.example/wine?key=1', 'https://git.example/wine'],
    ['ssh://git:word@git.example:22/wine', 'ssh://git@git.example:22/wine'],
    ['git@git.example:team/wine.git', 'git@git.example:team/wine.git'],
    ['/home/mia/wine', undefined],
    ['../wine', undefined],
    ['file:///home/mia/wine', undefined],
    ['C:\\wine', undefined],
    ['ftp://mia:word@git.example/wine', undefined],
    ['mia:word@git.example:wine', undefined],
    ['https://', undefined],
  ])('of %s is %s', (remote, address) => {
    expect(publicAddress(remote)).toBe(address);
  });
});
