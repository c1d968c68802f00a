import type { IncomingMessage, ServerResponse } from 'node:http';
import { cutStalled } from '../../http/cutStalled';
import type { MemoryBudget } from '../../http/MemoryBudget';
import { discardBody } from '../../http/readBody';
import type { GatewayError } from '../GatewayError';
import type { Reply } from '../pipeline/InferenceCall';
import { sendError } from '../send';

/** The operating system takes so much over, whether a caller fetches it or not. */
const KERNEL_BYTES = 64 * 1024;

/** The answer of an HTTP request. */
export class HttpReply implements Reply {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #options: { memory: MemoryBudget; stallMs: number };
  #taken = 0;
  #bytes = 0;
  #isWatched = false;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    options: { memory: MemoryBudget; stallMs: number },
  ) {
    this.#request = request;
    this.#response = response;
    this.#options = options;
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
    this.#bytes += chunk.length;
    if (this.#response.write(chunk)) return true;
    this.#watch();
    // So that a worker is rid of its answer before a slow caller has fetched it.
    if (!this.#options.memory.take(chunk.length)) return false;
    this.#taken += chunk.length;
    return true;
  }

  onDrain(listener: () => void): void {
    this.#response.once('drain', listener);
  }

  end(chunk?: Buffer): void {
    this.#bytes += chunk?.length ?? 0;
    this.#response.end(chunk);
    if (this.#bytes > KERNEL_BYTES) this.#watch();
  }

  breakOff(): void {
    this.#response.destroy();
  }

  #watch(): void {
    if (this.#isWatched) return;
    this.#isWatched = true;
    const { memory, stallMs } = this.#options;
    cutStalled(this.#response, stallMs);
    this.#response.once('close', () => memory.give(this.#taken));
  }

  async refuse(error: GatewayError): Promise<number> {
    await discardBody(this.#request, this.#response);
    return sendError(this.#response, error);
  }
}
