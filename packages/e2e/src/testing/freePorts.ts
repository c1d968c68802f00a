import { type AddressInfo, createServer } from 'node:net';

// Below the ports that systems give to outgoing connections, which might take
// one of these while a platform under test is down for a moment.
const FIRST = 20_000;
const LAST = 32_000;

/** Ports that nobody listens on right now. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  while (ports.size < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) ports.add(port);
  }
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const found = await new Promise<AddressInfo | undefined>(resolve => {
    server.on('error', () => resolve(undefined));
    server.listen(port, () => resolve(server.address() as AddressInfo));
  });
  if (found) await new Promise(resolve => server.close(resolve));
  return found !== undefined;
}
