import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelInterface } from '@ml-platform/plugin-ml-common';
import {
  ADD,
  ARITHMETIC,
  fixture,
  INTEGERS,
  TestBed,
  TEXT,
  waitFor,
} from './__testUtils__';

const KEY = 'a-key-that-makes-tokens-of-values';
/** Nothing that the server writes may hold one of these. */
const CANARIES = { text: 'jane.roe@example.org', number: 8_675_309 };

interface Captured {
  requestId: string;
  version: string;
  inputs: {
    name: string;
    shape: number[];
    data?: unknown[];
    personal?: string;
  }[];
  outputs: Captured['inputs'];
  incomplete?: boolean;
}

function personal(iface: ModelInterface): ModelInterface {
  const mark = (tensors: ModelInterface['inputs']) =>
    tensors.map(tensor => ({ ...tensor, pii: true }));
  return { inputs: mark(iface.inputs), outputs: mark(iface.outputs) };
}

function words(...data: string[]) {
  const shape = [1, data.length];
  return { inputs: [{ name: 'words', datatype: 'BYTES', shape, data }] };
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Every file below a folder, with the canary in none of the models' artifacts. */
function textsBelow(folder: string): string {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => !name.startsWith('blobs'))
    .map(name => join(folder, name))
    .filter(path => statSync(path, { throwIfNoEntry: false })?.isFile())
    .map(path => readIfThere(path))
    .join('\n');
}

describe('captured predictions', () => {
  let bed: TestBed;

  const serve = async (
    model: string,
    artifact: string,
    iface: ModelInterface,
    percent: number | undefined,
  ) => {
    const spec = bed.registry.push({
      version: '1.0.0',
      artifact: fixture(artifact),
      interface: iface,
    });
    const monitoring =
      percent === undefined ? undefined : { capture: { percent } };
    await bed.server.load({ ...spec, monitoring }, 'ready', model);
    await bed.server.route(1, [{ version: '1.0.0', weight: 1 }], model);
  };

  const captured = () =>
    // While files are set aside, none may be the current one for a moment.
    textsBelow(join(bed.dataDir, 'captures'))
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line) as Captured);

  const capturedOf = (requestId: string) =>
    waitFor(`the capture of ${requestId}`, () =>
      captured().find(record => record.requestId === requestId),
    );

  const infer = async (model: string, body: unknown, requestId: string) =>
    bed.server.infer(model, body, { 'x-request-id': requestId });

  afterEach(async () => bed.stop());

  it('have inputs and outputs, as often as the package says', async () => {
    bed = await TestBed.start({ ML_CAPTURE_PERCENT: '100' });
    await serve('silent', 'arithmetic', ARITHMETIC, undefined);
    await serve('never', 'arithmetic', ARITHMETIC, 0);
    await serve('integers', 'integers', INTEGERS, 100);
    await infer('never', ADD, 'never');
    await infer('silent', { inputs: [] }, 'refused');
    await infer('silent', ADD, 'first');
    expect(await capturedOf('first')).toMatchObject({
      version: '1.0.0',
      status: 200,
      arm: 'stable',
      inputs: [
        { name: 'a', datatype: 'FP32', shape: [1, 3], data: [1, 2, 3] },
        { name: 'b', data: [0, 0, 0] },
      ],
      outputs: [
        { name: 'sum', shape: [1, 3], data: [1, 2, 3] },
        { name: 'difference', data: [1, 2, 3] },
      ],
    });
    const long =
      '{"inputs":[{"name":"n","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}';
    await infer('integers', long, 'long');
    expect((await capturedOf('long')).outputs[0].data).toEqual([
      '9007199254740993',
    ]);
    // A body beyond the limit is told of without its tensors.
    const rows = 40_000;
    const data = Array.from({ length: rows }, (_, i) => i + 1_000_000);
    const large = [{ name: 'n', datatype: 'INT64', shape: [rows], data }];
    await infer('integers', { inputs: large }, 'large');
    expect(await capturedOf('large')).toMatchObject({ incomplete: true });
    const ids = captured().map(({ requestId }) => requestId);
    expect(ids).toEqual(['first', 'long', 'large']);
  });

  it('are no more than the platform allows', async () => {
    bed = await TestBed.start({ ML_CAPTURE_MAX_PERCENT: '0' });
    await serve('test', 'arithmetic', ARITHMETIC, 100);
    await infer('test', ADD, 'one');
    await bed.server.end();
    expect(captured()).toEqual([]);
  });

  it('are read from binary tensors, too', async () => {
    bed = await TestBed.start();
    await serve('integers', 'integers', INTEGERS, 100);
    const bytes = Buffer.alloc(16);
    bytes.writeBigInt64LE(7n, 0);
    bytes.writeBigInt64LE(2n ** 60n + 1n, 8);
    const head = Buffer.from(
      JSON.stringify({
        inputs: [
          {
            ...{ name: 'n', datatype: 'INT64', shape: [2] },
            parameters: { binary_data_size: bytes.length },
          },
        ],
        parameters: { binary_data_output: true },
      }),
    );
    const url = `${bed.server.addresses.production}/v2/models/integers/infer`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'x-request-id': 'binary',
        'inference-header-content-length': String(head.length),
      },
      body: Buffer.concat([head, bytes]),
    });
    expect(answer.status).toBe(200);
    const { inputs, outputs } = await capturedOf('binary');
    expect(inputs[0].data).toEqual([7, String(2n ** 60n + 1n)]);
    expect(outputs[0].data).toEqual(inputs[0].data);
  });

  it('stay within their disk space', async () => {
    bed = await TestBed.start({ ML_CAPTURE_MAX_MB: '0.02' });
    await serve('text', 'text', TEXT, 100);
    for (let i = 0; i < 40; i++) {
      await infer('text', words('x'.repeat(1000)), `${i}`);
      await capturedOf(`${i}`);
    }
    const folder = join(bed.dataDir, 'captures');
    const bytes = readdirSync(folder).map(
      name => statSync(join(folder, name)).size,
    );
    expect(bytes.length).toBeLessThanOrEqual(8);
    // Each file may go over its eighth by the batch that was written last.
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(0.04 * 1024 * 1024);
  });

  describe('of personal data', () => {
    it.each([
      ['tokens with a key', KEY],
      ['nothing without one', undefined],
    ])('hold %s, and no output of the server has a value', async (_, key) => {
      bed = await TestBed.start({
        ...(key && { ML_CAPTURE_KEY: key }),
        ML_LOG_OUTPUTS: 'small',
        ML_LOG_LEVEL: 'debug',
        ML_OPS_PORT: '0',
      });
      await serve('text', 'text', personal(TEXT), 100);
      await serve('faulty', 'faulty', personal(ARITHMETIC), 100);
      const { text, number } = CANARIES;
      const answer = await infer('text', words(text, 'x', text), 'first');
      expect(answer.body.outputs[0].data).toEqual([text, 'x', text]);
      await infer('text', words(text), 'second');

      // The model fails, and ONNX Runtime says on which value.
      const faulty = await infer(
        'faulty',
        { inputs: [{ ...ADD.inputs[0], data: [number, 0, 0] }, ADD.inputs[1]] },
        'faulty',
      );
      expect(faulty.status).toBe(500);
      expect(faulty.body.error).toMatch(/why is withheld/);
      const wrong = { ...ADD.inputs[0], data: [text, 0, 0] };
      const refused = await infer(
        'faulty',
        { inputs: [wrong, ADD.inputs[1]] },
        'refused',
      );
      expect(refused.status).toBe(400);
      await infer('text', `{"inputs": "${text}`, 'broken');

      const first = await capturedOf('first');
      const second = await capturedOf('second');
      const tokens = first.inputs[0].data;
      expect(first.inputs[0]).toMatchObject({
        shape: [1, 3],
        personal: key ? 'tokenized' : 'dropped',
      });
      expect(tokens?.[0]).toEqual(tokens?.[2]);
      expect(second.inputs[0].data?.[0]).toEqual(tokens?.[0]);
      expect(tokens === undefined).toBe(key === undefined);

      const metrics = await fetch(`${bed.server.addresses.ops}/metrics`);
      const status = await bed.server.control('GET', '/status');
      await bed.server.end();
      const everything = [
        textsBelow(bed.dataDir),
        bed.server.log,
        await metrics.text(),
        status.text,
        faulty.text,
        refused.text,
      ].join('\n');
      expect(everything).toContain('"requestId":"broken"');
      expect(everything).not.toContain(text);
      expect(everything).not.toMatch(/8675309/);
    });

    it('would show without the mark, so the search above finds something', async () => {
      bed = await TestBed.start();
      await serve('text', 'text', TEXT, 100);
      await serve('faulty', 'faulty', ARITHMETIC, 0);
      await infer('text', words(CANARIES.text), 'first');
      await capturedOf('first');
      const { text } = await infer(
        'faulty',
        {
          inputs: [
            { ...ADD.inputs[0], data: [CANARIES.number, 0, 0] },
            ADD.inputs[1],
          ],
        },
        'faulty',
      );
      expect(text).toContain('8675309');
      await waitFor('the line of ONNX Runtime', () =>
        bed.server.log.includes('8675309') ? true : undefined,
      );
      expect(textsBelow(bed.dataDir)).toContain(CANARIES.text);
    });
  });
});
