import { MAX_ANSWER_BYTES } from '../../mirror/askWorker';
import type { Answer, Mirror } from '../../mirror/Mirror';
import { HEADER_LENGTH } from '../../protocol/BodyParts';
import type { ServingPlane } from '../../serving/ServingPlane';
import type { InferenceCall, Reply } from './InferenceCall';
import type { Exchanger, Lease, Outcome } from './steps';

/** Larger requests are not copied: copies are kept until the shadow has its turn. */
const MAX_COPIED_BYTES = 64 * 1024;

/** Passes an answer on and keeps a copy of it, up to a size. */
class ListeningReply implements Reply {
  readonly #inner: Reply;
  #chunks: Buffer[] = [];
  #size = 0;
  #headerLength: string | undefined;

  constructor(inner: Reply) {
    this.#inner = inner;
  }

  /** Undefined when it was too large. */
  heard(): Answer | undefined {
    if (this.#size > MAX_ANSWER_BYTES) return undefined;
    const body = Buffer.concat(this.#chunks);
    return { body, headerLength: this.#headerLength };
  }

  get started(): boolean {
    return this.#inner.started;
  }

  get gone(): boolean {
    return this.#inner.gone;
  }

  onGone(listener: () => void): void {
    this.#inner.onGone(listener);
  }

  setHeader(name: string, value: string | number): void {
    this.#inner.setHeader(name, value);
  }

  begin(status: number, headers: Record<string, string | number>): void {
    this.#headerLength = headers[HEADER_LENGTH]?.toString();
    this.#inner.begin(status, headers);
  }

  write(chunk: Buffer): boolean {
    this.#listen(chunk);
    return this.#inner.write(chunk);
  }

  onDrain(listener: () => void): void {
    this.#inner.onDrain(listener);
  }

  end(chunk?: Buffer): void {
    if (chunk) this.#listen(chunk);
    this.#inner.end(chunk);
  }

  breakOff(): void {
    this.#inner.breakOff();
  }

  refuse(error: Parameters<Reply['refuse']>[0]): Promise<number> {
    return this.#inner.refuse(error);
  }

  #listen(chunk: Buffer): void {
    this.#size += chunk.length;
    if (this.#size <= MAX_ANSWER_BYTES) this.#chunks.push(chunk);
    else this.#chunks = [];
  }
}

/** Offers copies of requests to a mirror, when their callers have their answers. */
export class MirroringExchange implements Exchanger {
  readonly #plane: Pick<ServingPlane, 'find'>;
  readonly #inner: Exchanger;

  constructor(options: {
    plane: Pick<ServingPlane, 'find'>;
    inner: Exchanger;
  }) {
    this.#plane = options.plane;
    this.#inner = options.inner;
  }

  exchange(call: InferenceCall, lease: Lease): Promise<Outcome> {
    const { environment, model } = call;
    const mirror = this.#plane.find(environment, model)?.rollout?.mirror;
    return mirror?.wants(lease.runner.spec.version)
      ? this.#mirrored(call, lease, mirror)
      : this.#inner.exchange(call, lease);
  }

  async #mirrored(
    call: InferenceCall,
    lease: Lease,
    mirror: Mirror,
  ): Promise<Outcome> {
    const { body } = call;
    if (!(body.declaredBytes <= MAX_COPIED_BYTES)) {
      mirror.skip();
      return this.#inner.exchange(call, lease);
    }
    const start = performance.now();
    const reply = new ListeningReply(call.reply);
    const outcome = await this.#inner.exchange({ ...call, reply }, lease);
    if (outcome.status !== 200) return outcome;
    const latencyMs = performance.now() - start;
    const answer = reply.heard();
    if (answer) {
      const { headers } = body;
      mirror.offer({ body: await body.read(), headers, answer, latencyMs });
    } else {
      mirror.skip();
    }
    return outcome;
  }
}
