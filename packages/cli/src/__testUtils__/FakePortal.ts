import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** What the portal was asked. */
export interface SeenCall {
  /** `GET /models`, below the API's path. */
  call: string;
  body: unknown;
  /** Version that is to be changed. */
  ifMatch?: string;
}

/** Answers in the portal's place, as a test wants, and notes what it was asked. */
export class FakePortal {
  seen: SeenCall[] = [];
  readonly #server: Server;

  constructor(answer: (seen: SeenCall) => unknown) {
    this.#server = createServer(async (request, response) => {
      const body = await text(request);
      const path = request.url!.replace('/api/ml/v1', '');
      const seen = {
        call: `${request.method} ${path}`,
        body: body ? JSON.parse(body) : undefined,
        ifMatch: request.headers['if-match'],
      };
      this.seen.push(seen);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer(seen)));
    });
  }

  async start(): Promise<void> {
    await new Promise<void>(resolve => {
      this.#server.listen(0, '127.0.0.1', resolve);
    });
  }

  /** What the command needs to know of it. */
  get env() {
    const { port } = this.#server.address() as AddressInfo;
    return { ML_URL: `http://127.0.0.1:${port}`, ML_TOKEN: 'token' };
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}
