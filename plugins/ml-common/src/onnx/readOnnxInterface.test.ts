import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bytesSource, type ByteSource } from './ByteSource';
import { readOnnxInterface } from './readOnnxInterface';

function fixture(name: string): Uint8Array {
  return readFileSync(join(__dirname, '__fixtures__', `${name}.onnx`));
}

const read = (name: string) => readOnnxInterface(bytesSource(fixture(name)));

/** Hand-made protobuf, for files that no exporter would write. */
function varint(value: number | bigint): number[] {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  do {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
    rest >>= 7n;
  } while (rest > 0n);
  return bytes;
}

function field(number: number, content: number[] | number): number[] {
  return typeof content === 'number'
    ? [...varint(number * 8), ...varint(content)]
    : [...varint(number * 8 + 2), ...varint(content.length), ...content];
}

const text = (value: string) => [...new TextEncoder().encode(value)];

function tensorInfo(name: string, dims: number[][]): number[] {
  const shape = dims.flatMap(dim => field(1, dim));
  const tensor = [...field(1, 1), ...field(2, shape)];
  return [...field(1, text(name)), ...field(2, field(1, tensor))];
}

const model = (...graphFields: number[][]) =>
  Uint8Array.from([...field(1, 8), ...field(7, graphFields.flat())]);

describe('readOnnxInterface', () => {
  it('reads inputs and outputs, an open batch as -1', async () => {
    await expect(read('linear')).resolves.toEqual({
      irVersion: 8,
      producer: 'fixtures',
      inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 4] }],
      optionalInputs: [],
      outputs: [
        { name: 'label', datatype: 'INT64', shape: [-1] },
        { name: 'scores', datatype: 'FP32', shape: [-1, 3] },
      ],
      unsupported: [],
      initializers: 1,
      externalData: [],
    });
  });

  it('does not ask callers for weights that old files list as inputs', async () => {
    const { inputs, optionalInputs } = await read('linear-ir3');
    expect(inputs.map(input => input.name)).toEqual(['features']);
    expect(optionalInputs.map(input => input.name)).toEqual(['weights']);
  });

  it('maps every element type the protocol knows', async () => {
    const { inputs, outputs } = await read('datatypes');
    expect(inputs).toHaveLength(13);
    for (const input of inputs) {
      expect(input.datatype).toBe(input.name.toUpperCase());
      expect(input.shape).toEqual([1, -1, -1]);
    }
    expect(outputs[0]).toEqual({ name: 'bool_out', datatype: 'BOOL' });
  });

  it('names outputs that are no tensors, and element types that cannot be served', async () => {
    expect((await read('zipmap')).unsupported).toEqual([
      {
        name: 'probabilities',
        side: 'outputs',
        type: 'sequence of map(int64, tensor(float))',
      },
    ]);
    expect((await read('bfloat16')).unsupported).toEqual([
      { name: 'y', side: 'outputs', type: 'tensor(bfloat16)' },
    ]);
  });

  it('lists files with weights that lie outside', async () => {
    const { externalData, initializers } = await read('external');
    expect(externalData).toEqual(['external.weights']);
    expect(initializers).toBe(1);
  });

  it('reads a negative or absurd dimension as open', async () => {
    const dims = [
      field(1, -1 as number),
      [...varint(8), ...varint(2n ** 62n)],
      [],
    ];
    const { outputs } = await readOnnxInterface(
      bytesSource(model(field(12, tensorInfo('y', dims)))),
    );
    expect(outputs[0].shape).toEqual([-1, -1, -1]);
  });

  it('reads a file of 8 GiB without its weights', async () => {
    const weights = 8 * 1024 ** 3;
    const head = [
      ...field(8, text('w')),
      ...varint(9 * 8 + 2),
      ...varint(weights),
    ];
    const initializer = [
      ...varint(5 * 8 + 2),
      ...varint(head.length + weights),
      ...head,
    ];
    const output = field(12, tensorInfo('y', [[]]));
    const graph = initializer.length + weights + output.length;
    const start = [
      ...field(1, 8),
      ...varint(7 * 8 + 2),
      ...varint(graph),
      ...initializer,
    ];
    const size = start.length + weights + output.length;
    let bytesRead = 0;
    const source: ByteSource = {
      size,
      async read(offset, length) {
        bytesRead += length;
        return Uint8Array.from({ length }, (_, index) => {
          const at = offset + index;
          return at < start.length
            ? start[at]
            : output[at - start.length - weights] ?? 0;
        });
      },
    };
    const { outputs, initializers } = await readOnnxInterface(source);
    expect(outputs).toEqual([{ name: 'y', datatype: 'FP32', shape: [-1] }]);
    expect(initializers).toBe(1);
    expect(bytesRead).toBeLessThan(512 * 1024);
  });

  describe('with a hostile or broken file', () => {
    const failure = (bytes: Uint8Array): Promise<string> =>
      readOnnxInterface(bytesSource(bytes)).then(
        () => 'no error',
        error => error.message,
      );

    it('says so of an empty file and of one that is something else', async () => {
      expect(await failure(new Uint8Array(0))).toMatch(/it is empty/);
      expect(await failure(Uint8Array.from(text('{"not": "onnx"}')))).toMatch(
        /damaged or not an ONNX file/,
      );
      expect(await failure(Uint8Array.from(field(1, 8)))).toMatch(/no graph/);
    });

    /** Name of the error, or undefined for a model that is whole. */
    const outcome = (bytes: Uint8Array): Promise<string | undefined> =>
      readOnnxInterface(bytesSource(bytes)).then(
        () => undefined,
        error => error.name,
      );

    it('finds every truncation up to the end of the graph', async () => {
      const whole = fixture('linear');
      for (let length = 1; length < 290; length += 1) {
        expect(await outcome(whole.subarray(0, length))).toBe('OnnxReadError');
      }
    });

    it('survives any single flipped byte', async () => {
      const whole = fixture('linear');
      for (let at = 0; at < whole.length; at += 1) {
        const copy = Uint8Array.from(whole);
        copy[at] = 255 - copy[at];
        expect([undefined, 'OnnxReadError']).toContain(await outcome(copy));
      }
    });

    it('believes no length beyond the enclosing message', async () => {
      expect(
        await failure(
          Uint8Array.from([...field(1, 8), ...varint(58), ...varint(2 ** 40)]),
        ),
      ).toMatch(/where 0 are left/);
      expect(await failure(model([...varint(42), 200, 1]))).toMatch(
        /200 bytes/,
      );
    });

    it('refuses endless numbers, absurd texts and nesting', async () => {
      expect(await failure(Uint8Array.from(Array(12).fill(255)))).toMatch(
        /ten bytes/,
      );
      const long = text('x'.repeat(5000));
      expect(await failure(model(field(12, field(1, long))))).toMatch(
        /more than 4096/,
      );
      let type = field(1, field(1, 1));
      for (let depth = 0; depth < 20; depth += 1)
        type = field(4, field(1, type));
      expect(
        await failure(
          model(field(12, [...field(1, text('y')), ...field(2, type)])),
        ),
      ).toMatch(/nests types/);
    });

    it('says where a source ends before its time', async () => {
      const whole = fixture('linear');
      const source = bytesSource(whole.subarray(0, 100));
      await expect(
        readOnnxInterface({ ...source, size: whole.length }),
      ).rejects.toThrow(/fewer than the 328 bytes/);
    });
  });
});
