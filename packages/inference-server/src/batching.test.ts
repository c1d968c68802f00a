import {
  ARITHMETIC,
  binaryBody,
  fixture,
  GrpcClient,
  inferBinary,
  TestBed,
} from './__testUtils__';

const BATCHING = { maxRows: 32, maxDelayMs: 5 };
const REQUESTS = 2000;
/** Of the model `faulty`: from here on a value in `a` makes it fail. */
const FAULTY = 3;

/** Whole numbers below a limit, the same ones in each run. */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return limit => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

/** Calls back for each number, many at a time. */
async function inParallel(
  count: number,
  width: number,
  work: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (next < count) {
        next += 1;
        await work(next - 1);
      }
    }),
  );
}

describe('batching', () => {
  let bed: TestBed;
  let client: GrpcClient;

  beforeAll(async () => {
    bed = await TestBed.start();
    client = new GrpcClient(bed.server.grpcAddresses.production);
    const load = async (
      name: string,
      artifact: string,
      batching: typeof BATCHING,
    ) => {
      const spec = bed.registry.push({
        version: '1.0.0',
        artifact: fixture(artifact),
        interface: ARITHMETIC,
        batching,
      });
      await bed.server.load(spec, 'ready', name);
      await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], name);
    };
    await load('sums', 'arithmetic', BATCHING);
    await load('faulty', 'faulty', BATCHING);
    await load('patient', 'arithmetic', { maxRows: 4, maxDelayMs: 1000 });
  });

  afterAll(async () => {
    client?.close();
    await bed?.stop();
  });

  const tensors = (rows: number, a: number[], b: number[]) => [
    { name: 'a', datatype: 'FP32', shape: [rows, 3], data: a },
    { name: 'b', datatype: 'FP32', shape: [rows, 3], data: b },
  ];
  const bytesOf = (values: number[]) =>
    Buffer.from(Float32Array.from(values).buffer);

  /** Asks by one of the ways that there are; the answer is a sum and a difference. */
  async function ask(
    way: number,
    model: string,
    [rows, a, b]: [number, number[], number[]],
  ): Promise<{ sum: number[]; difference: number[] } | string> {
    const inputs = tensors(rows, a, b);
    if (way === 0) {
      const { body } = await bed.server.infer(model, { inputs });
      if (body.error) return body.error;
      const [sum, difference] = body.outputs;
      expect(sum.shape).toEqual([rows, 3]);
      return { sum: sum.data, difference: difference.data };
    }
    const read = (bytes: Buffer) => [
      ...new Float32Array(Uint8Array.from(bytes).buffer),
    ];
    const binary = inputs.map(({ data, ...input }) => ({
      ...input,
      bytes: bytesOf(data),
    }));
    if (way === 1) {
      const { body } = await inferBinary(
        bed.server,
        model,
        binaryBody(binary, { parameters: { binary_data_output: true } }),
      );
      if (body.error) return body.error;
      const [sum, difference] = body.outputs;
      return { sum: read(sum.bytes), difference: read(difference.bytes) };
    }
    const { code, details, body } = await client.infer({
      modelName: model,
      inputs: binary.map(({ bytes, ...input }) => input),
      rawInputContents: binary.map(({ bytes }) => bytes),
    });
    if (code !== 'OK') return details;
    const [sum, difference] = body.rawOutputContents;
    return { sum: read(sum), difference: read(difference) };
  }

  it('never mixes up requests of any size, over REST in JSON, in binary and over gRPC', async () => {
    const random = generator(7);
    const cases = Array.from({ length: REQUESTS }, (_, index) => {
      // Mostly small, some larger than a batch.
      const rows = random(20) === 0 ? 30 + random(10) : 1 + random(6);
      // No two requests have a value in common.
      const a = Array.from({ length: rows * 3 }, (__, i) => index * 200 + i);
      const b = a.map(() => random(1000) / 8);
      return [rows, a, b] as [number, number[], number[]];
    });
    await inParallel(REQUESTS, 64, async index => {
      const [rows, a, b] = cases[index];
      const answer = await ask(index % 3, 'sums', [rows, a, b]);
      expect(answer).toEqual({
        sum: a.map((value, i) => Math.fround(value + b[i])),
        difference: a.map((value, i) => Math.fround(value - b[i])),
      });
    });
  }, 120_000);

  it('fails the requests that are at fault, and no others of their batch', async () => {
    let failed = 0;
    await inParallel(600, 32, async index => {
      const isFaulty = index % 7 === 0;
      const wanted = index / 1024;
      const a = [wanted, isFaulty ? FAULTY : 0, 0];
      const answer = await ask(index % 3, 'faulty', [1, a, [1, 1, 1]]);
      const right = [Math.fround(wanted + 1), 1, 1];
      const refusal = String(answer).includes('the model failed');
      const sum = typeof answer === 'string' ? undefined : answer.sum;
      expect({ refusal, sum }).toEqual({
        refusal: isFaulty,
        sum: isFaulty ? undefined : right,
      });
      if (isFaulty) failed += 1;
    });
    expect(failed).toBe(86);
  }, 120_000);

  it('waits for others, and no longer than it may', async () => {
    const time = async (requests: number) => {
      const start = performance.now();
      await Promise.all(
        Array.from({ length: requests }, () =>
          ask(0, 'patient', [1, [1, 2, 3], [0, 0, 0]]),
        ),
      );
      return performance.now() - start;
    };
    // Four rows fill a batch. On a busy machine that may take long now and then;
    // each time, if they waited.
    let quickest = Infinity;
    for (let tries = 0; tries < 10 && quickest >= 900; tries++) {
      quickest = Math.min(quickest, await time(4));
    }
    expect(quickest).toBeLessThan(900);
    // Fewer wait for a second.
    expect(await time(3)).toBeGreaterThan(900);
  });

  it('goes on when callers of a batch hang up', async () => {
    const url = `${bed.server.addresses.production}/v2/models/patient/infer`;
    const abort = new AbortController();
    const given = [1, 2].map(n =>
      fetch(url, {
        method: 'POST',
        signal: abort.signal,
        body: JSON.stringify({ inputs: tensors(1, [n, n, n], [0, 0, 0]) }),
      }).catch(error => error.name),
    );
    const kept = ask(0, 'patient', [1, [7, 8, 9], [0, 0, 0]]);
    setTimeout(() => abort.abort(), 200);
    expect(await Promise.all(given)).toEqual(['AbortError', 'AbortError']);
    expect(await kept).toMatchObject({ sum: [7, 8, 9] });
  });

  it('refuses a version whose tensors have no rows', async () => {
    const spec = bed.registry.push({
      version: '2.0.0',
      artifact: fixture('arithmetic'),
      interface: {
        ...ARITHMETIC,
        inputs: ARITHMETIC.inputs.map(input => ({ ...input, shape: [1, 3] })),
      },
      batching: BATCHING,
    });
    await expect(bed.server.load(spec, 'ready', 'sums')).rejects.toThrow(
      /needs -1 as the first dimension of every tensor/,
    );
  });
});
