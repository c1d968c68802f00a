import net from 'node:net';
import { isIPv6 } from 'node:net';

/** A bound socket that this process does not accept connections on. */
type Handle = net.Server;

/** How `node:cluster` makes the sockets that it shares; it has no public name. */
interface InternalNet {
  _createServerHandle(
    address: string,
    port: number,
    addressType: 4 | 6,
    fd: number,
    flags: number,
  ): Handle | number;
}

/**
 * The sockets that servers listen on, held by the supervisor so that they outlive
 * any server: callers that connect while there is none wait in the queue of the
 * socket.
 *
 * A `net.Server` would not do: it accepts connections itself.
 */
export class ListeningSockets {
  readonly #handles = new Map<string, Handle>();

  /** The socket for an address, bound at the first call. */
  get(key: string, host: string, port: number): Handle {
    const known = this.#handles.get(key);
    if (known) return known;
    const { _createServerHandle } = net as unknown as InternalNet;
    const family = isIPv6(host) ? 6 : 4;
    const handle = _createServerHandle(host, port, family, -1, 0);
    if (typeof handle === 'number') {
      throw new Error(
        `cannot bind ${host}:${port} (system error ${-handle}): is the port taken, the address one of this machine?`,
      );
    }
    this.#handles.set(key, handle);
    return handle;
  }
}
