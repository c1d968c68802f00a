import { Tensor } from 'onnxruntime-node';
import { Batcher, type RunModel } from './Batcher';

const ALWAYS = new AbortController().signal;
const column = (...values: number[]) =>
  new Tensor('int32', Int32Array.from(values), [values.length, 1]);

/** A model that doubles, and the numbers of rows that it was run with. */
function doubling() {
  const runs: number[] = [];
  const run: RunModel = async ({ x }) => {
    runs.push(x.dims[0]);
    const data = (x.data as Int32Array).map(value => value * 2);
    return { y: new Tensor('int32', data, x.dims) };
  };
  return { runs, run };
}

describe('Batcher', () => {
  const onMisfit = jest.fn();
  beforeEach(() => onMisfit.mockReset());
  const ask = (batcher: Batcher, values: number[], signal = ALWAYS) =>
    batcher
      .run({ x: column(...values) }, ['y'], signal)
      .then(({ y }) => [...(y.data as Int32Array)]);

  it('runs what comes together at once, and full batches without waiting', async () => {
    const { runs, run } = doubling();
    const batcher = new Batcher({ run, onMisfit, maxRows: 4, maxDelayMs: 20 });
    expect(
      await Promise.all([
        ask(batcher, [1]),
        ask(batcher, [2, 3]),
        ask(batcher, [4]),
        ask(batcher, [5]),
        ask(batcher, [6, 7, 8, 9]),
      ]),
    ).toEqual([[2], [4, 6], [8], [10], [12, 14, 16, 18]]);
    expect(runs.sort()).toEqual([1, 4, 4]);
  });

  it('keeps requests apart whose rows have another width, or none', async () => {
    const { runs, run } = doubling();
    const batcher = new Batcher({ run, onMisfit, maxRows: 9, maxDelayMs: 5 });
    const wide = new Tensor('int32', Int32Array.of(1, 2), [1, 2]);
    const [one, two, none] = await Promise.all([
      ask(batcher, [1]),
      batcher.run({ x: wide }, ['y'], ALWAYS),
      ask(batcher, []),
    ]);
    expect(one).toEqual([2]);
    expect(two.y.dims).toEqual([1, 2]);
    expect(none).toEqual([]);
    expect(runs).toHaveLength(3);
  });

  it('leaves out who has gone', async () => {
    const { runs, run } = doubling();
    const batcher = new Batcher({ run, onMisfit, maxRows: 9, maxDelayMs: 5 });
    const gone = new AbortController();
    const answers = Promise.allSettled([
      ask(batcher, [1]),
      ask(batcher, [2], gone.signal),
      ask(batcher, [3]),
    ]);
    gone.abort();
    const [first, second, third] = await answers;
    expect(first).toMatchObject({ value: [2] });
    expect(second.status).toBe('rejected');
    expect(third).toMatchObject({ value: [6] });
    expect(runs).toEqual([2]);
  });

  it('runs every request alone once the model gave other rows than it got', async () => {
    const runs: number[] = [];
    const run: RunModel = async ({ x }) => {
      runs.push(x.dims[0]);
      const sum = (x.data as Int32Array).reduce((a, b) => a + b, 0);
      return { y: column(sum) };
    };
    const batcher = new Batcher({ run, onMisfit, maxRows: 9, maxDelayMs: 5 });
    for (let round = 0; round < 2; round++) {
      expect(
        await Promise.all([ask(batcher, [1]), ask(batcher, [20, 1])]),
      ).toEqual([[1], [21]]);
    }
    expect(runs).toEqual([3, 1, 2, 1, 2]);
    expect(onMisfit).toHaveBeenCalledTimes(1);
    expect(onMisfit).toHaveBeenCalledWith(
      "output 'y' has the shape [1, 1] for 3 rows",
    );
  });

  it('stacks and cuts strings as well', async () => {
    const run: RunModel = async ({ x }) => ({ y: x });
    const batcher = new Batcher({ run, onMisfit, maxRows: 3, maxDelayMs: 5 });
    const words = (...texts: string[]) =>
      batcher
        .run({ x: new Tensor('string', texts, [texts.length]) }, ['y'], ALWAYS)
        .then(({ y }) => y.data);
    expect(await Promise.all([words('a'), words('b', 'c')])).toEqual([
      ['a'],
      ['b', 'c'],
    ]);
  });
});
