import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers by path; what is not named is a 404. */
export type OipAnswers = Record<
  string,
  | { status?: number; body?: unknown }
  | ((request: string) => {
      status?: number;
      body?: unknown;
    })
>;

/** A server of a team's own, on a port of this machine. */
export class OipServer {
  private constructor(readonly url: string, readonly server: Server) {}

  static async start(answers: OipAnswers): Promise<OipServer> {
    const server = createServer(async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const found = answers[request.url ?? ''];
      const answer = typeof found === 'function' ? found(text) : found;
      const { status = 200, body } = answer ?? {
        status: 404,
        body: { error: 'there is no such thing' },
      };
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(body === undefined ? '' : JSON.stringify(body));
    });
    await new Promise<void>(done => {
      server.listen(0, '127.0.0.1', done);
    });
    const { port } = server.address() as AddressInfo;
    return new OipServer(`http://127.0.0.1:${port}`, server);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise(done => {
      this.server.close(done);
    });
  }
}

const REQUEST_ERROR = { status: 400, body: { error: 'inputs is missing' } };

/** A server of the model `fraud` that keeps the protocol: it adds up each row of four. */
export function addingServer(changes: OipAnswers = {}): OipAnswers {
  return {
    '/v2/health/live': {},
    '/v2/health/ready': {},
    '/v2/models/fraud/ready': {},
    '/v2/models/fraud': {
      body: {
        name: 'fraud',
        platform: 'own',
        inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 4] }],
        outputs: [{ name: 'sum', datatype: 'FP32', shape: [-1] }],
      },
    },
    '/v2/models/fraud/infer': text => {
      let input: { data: number[]; shape: number[] } | undefined;
      try {
        input = JSON.parse(text).inputs[0];
      } catch {
        return REQUEST_ERROR;
      }
      if (!input) return REQUEST_ERROR;
      const { data, shape } = input;
      const sums = Array.from({ length: shape[0] }, (_, row) =>
        data.slice(row * 4, row * 4 + 4).reduce((sum, value) => sum + value, 0),
      );
      return {
        body: {
          model_name: 'fraud',
          outputs: [
            { name: 'sum', datatype: 'FP32', shape: [shape[0]], data: sums },
          ],
        },
      };
    },
    ...changes,
  };
}
