// The model in this very process: what a prediction costs without any server,
// and what the answers of servers are compared with.
import { require } from './InferenceServer.mjs';
import { rss } from './processMemory.mjs';

const ort = require('onnxruntime-node');
const TOLERANCE = 1e-5;

export class InProcess {
  static async load(file) {
    return new InProcess(
      await ort.InferenceSession.create(file, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
      }),
    );
  }

  #session;

  constructor(session) {
    this.#session = session;
  }

  async probabilities(features, shape) {
    const input = new ort.Tensor('float32', features, shape);
    const { probabilities } = await this.#session.run({ features: input }, [
      'probabilities',
    ]);
    return probabilities.data;
  }

  /** One run after the other. */
  async measure(features, shape, seconds) {
    const latencies = [];
    const cpu = process.cpuUsage();
    const start = performance.now();
    let now = start;
    while (now < start + seconds * 1000) {
      await this.probabilities(features, shape);
      const after = performance.now();
      latencies.push(after - now);
      now = after;
    }
    const { user, system } = process.cpuUsage(cpu);
    return {
      latencies,
      seconds: (now - start) / 1000,
      errors: 0,
      cpuSeconds: (user + system) / 1e6,
      rss: rss(process.pid),
    };
  }
}

/** Compares answers with what the model says; counts them. */
export class AnswerCheck {
  compared = 0;
  largest = 0;

  /** A check for the answers to one request; it throws on a wrong one. */
  of({ expected, read, what }) {
    return answer => {
      const values = read(answer);
      if (values.length !== expected.length) {
        throw new Error(
          `${what}: ${values.length} numbers instead of ${expected.length}`,
        );
      }
      for (let i = 0; i < expected.length; i += 1) {
        const difference = Math.abs(values[i] - expected[i]);
        if (!(difference <= TOLERANCE)) {
          throw new Error(`${what}: ${values[i]} instead of ${expected[i]}`);
        }
        this.largest = Math.max(this.largest, difference);
      }
      this.compared += 1;
    };
  }
}
