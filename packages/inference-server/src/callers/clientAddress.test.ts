import { TrustedProxies } from './clientAddress';

describe('TrustedProxies', () => {
  const proxies = new TrustedProxies(['10.0.0.0/8', '::1']);

  it.each([
    ['the peer when nothing was forwarded', '1.2.3.4', undefined, '1.2.3.4'],
    ['the peer when it is no proxy', '1.2.3.4', '9.9.9.9', '1.2.3.4'],
    ['what a proxy says', '10.0.0.1', '9.9.9.9', '9.9.9.9'],
    [
      'what the first of several proxies says',
      '::1',
      '9.9.9.9, 10.1.2.3',
      '9.9.9.9',
    ],
    [
      'never what the caller wrote itself',
      '10.0.0.1',
      '6.6.6.6, 9.9.9.9',
      '9.9.9.9',
    ],
    ['the proxy when it says nonsense', '10.0.0.1', 'unknown', '10.0.0.1'],
    [
      'IPv4 behind a listener for both',
      '::ffff:10.0.0.1',
      '9.9.9.9',
      '9.9.9.9',
    ],
  ])('takes %s', (_, remote, forwarded, address) => {
    expect(proxies.clientAddress(remote, forwarded)).toBe(address);
  });

  it.each(['proxy', '10.0.0.0/99', '1.2.3/8'])('refuses %s', range => {
    expect(() => new TrustedProxies([range])).toThrow(
      `'${range}' is neither an IP address nor a range`,
    );
  });
});
