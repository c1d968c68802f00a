import type { IncomingMessage, ServerResponse } from 'node:http';
import { discardBody } from '../../http/readBody';
import type { GatewayError } from '../GatewayError';
import type { Reply } from '../pipeline/InferenceCall';
import { sendError } from '../send';

/** The answer of an HTTP request. */
export class HttpReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;

  constructor(request: IncomingMessage, response: ServerResponse) {
    this.#request = request;
    this.#response = response;
  }

  get started(): boolean {
    return this.#response.headersSent;
  }

  get gone(): boolean {
    const { destroyed, complete } = this.#request;
    return destroyed && !complete;
  }

  onGone(listener: () => void): void {
    this.#response.once('close', () => {
      if (!this.#response.writableEnded) listener();
    });
  }

  setHeader(name: string, value: string | number): void {
    this.#response.setHeader(name, value);
  }

  begin(status: number, headers: Record<string, string | number>): void {
    this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    return this.#response.write(chunk);
  }

  onDrain(listener: () => void): void {
    this.#response.once('drain', listener);
  }

  end(chunk?: Buffer): void {
    this.#response.end(chunk);
  }

  breakOff(): void {
    this.#response.destroy();
  }

  async refuse(error: GatewayError): Promise<number> {
    await discardBody(this.#request, this.#response);
    return sendError(this.#response, error);
  }
}
