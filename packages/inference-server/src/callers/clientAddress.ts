import { BlockList, isIP } from 'node:net';

/** Proxies whose word on the caller's address is taken. */
export class TrustedProxies {
  readonly #list = new BlockList();

  /** `ranges` are addresses and CIDR ranges; throws an error that names the one it does not understand. */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address, prefix] = range.split('/');
      const family = isIP(address);
      const bits = family === 6 ? 128 : 32;
      if (!family || (prefix !== undefined && !(Number(prefix) <= bits))) {
        throw new Error(
          `'${range}' is neither an IP address nor a range such as 10.0.0.0/8`,
        );
      }
      this.#list.addSubnet(
        address,
        prefix === undefined ? bits : Number(prefix),
        family === 6 ? 'ipv6' : 'ipv4',
      );
    }
  }

  /**
   * The address of who called: the last one in X-Forwarded-For that is no
   * trusted proxy, provided that the connection comes from one. Whatever
   * stands before it was written by the caller.
   */
  clientAddress(remote: string, forwardedFor: string | undefined): string {
    let address = plain(remote);
    if (!forwardedFor) return address;
    const hops = forwardedFor.split(',').map(hop => plain(hop.trim()));
    while (hops.length && this.#trusts(address)) {
      const next = hops.pop()!;
      if (!isIP(next)) break;
      address = next;
    }
    return address;
  }

  #trusts(address: string): boolean {
    const family = isIP(address);
    return (
      family !== 0 && this.#list.check(address, family === 6 ? 'ipv6' : 'ipv4')
    );
  }
}

/** `::ffff:10.0.0.1` is how a listener for both families sees 10.0.0.1. */
function plain(address: string): string {
  return address.startsWith('::ffff:')
    ? address.slice('::ffff:'.length)
    : address;
}
