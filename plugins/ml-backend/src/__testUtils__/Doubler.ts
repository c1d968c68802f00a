import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const MODEL = 'wine-classifier';
const INTERFACE = {
  inputs: [{ name: 'x', datatype: 'FP64', shape: [-1, 1] }],
  outputs: [{ name: 'twice', datatype: 'FP64', shape: [-1] }],
};

/** A gateway of the protocol that doubles numbers and refuses negative ones. */
export class Doubler {
  /** How many requests it answers before it holds the others up. */
  budget = Infinity;
  readonly seen: number[] = [];
  #held: Array<() => void> = [];
  readonly #server: Server = createServer(async (request, response) => {
    const body = await text(request);
    response.setHeader('x-ml-version', '1.0.0');
    if (request.method === 'GET') {
      response.end(JSON.stringify({ name: MODEL, ...INTERFACE }));
      return;
    }
    this.budget -= 1;
    if (this.budget < 0) {
      await new Promise<void>(resolve => this.#held.push(resolve));
    }
    const { data } = JSON.parse(body).inputs[0] as { data: number[] };
    if (data.some(value => value < 0)) {
      response.statusCode = 400;
      response.end('{"error":"x must not be negative"}');
      return;
    }
    this.seen.push(...data);
    const outputs = [{ name: 'twice', data: data.map(value => 2 * value) }];
    response.end(JSON.stringify({ outputs }));
  });

  async start(): Promise<string> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  release(): void {
    this.budget = Infinity;
    for (const go of this.#held.splice(0)) go();
  }

  stop(): void {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
