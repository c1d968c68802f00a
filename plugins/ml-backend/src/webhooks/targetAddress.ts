import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

// What is not on the public internet: https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 sister.
const PRIVATE = new BlockList();
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv4');
}
// Of IPv6, only 2000::/3 is the public internet.
const PUBLIC_V6 = new BlockList();
PUBLIC_V6.addSubnet('2000::', 3, 'ipv6');
// Of those, tunnels to IPv4 (Teredo, 6to4) and addresses for documentation.
for (const [network, prefix] of [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  PRIVATE.addSubnet(network, prefix, 'ipv6');
}

/** Loopback, link-local, private or otherwise not on the public internet. */
export function isPrivateAddress(address: string): boolean {
  if (isIP(address) === 4) return PRIVATE.check(address, 'ipv4');
  return !PUBLIC_V6.check(address, 'ipv6') || PRIVATE.check(address, 'ipv6');
}

/** @throws when the host is an address that webhooks may not go to. */
export function checkHost(hostname: string): void {
  const address = hostname.replace(/^\[|\]$/g, '');
  if (isIP(address) && isPrivateAddress(address)) throw refusal(address);
}

/**
 * Resolves a name for a connection that is about to be made, and refuses
 * private addresses: a check before would not hold, since a name may resolve
 * differently the next time.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) {
      callback(error, '');
      return;
    }
    const refused = addresses.find(({ address }) => isPrivateAddress(address));
    if (refused) {
      callback(refusal(`${hostname} (${refused.address})`), '');
    } else if (options.all) {
      callback(null, addresses);
    } else {
      callback(null, addresses[0].address, addresses[0].family);
    }
  });
};

function refusal(target: string): Error {
  return new Error(
    `${target} is not on the public internet, and webhooks may not go there; set ml.webhooks.allowPrivateTargets to allow it`,
  );
}
