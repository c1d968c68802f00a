import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { evaluationReportSchema } from '@ml-platform/plugin-ml-common';
import { evaluate } from './evaluate';
import { renderHtml } from './report/renderHtml';

jest.setTimeout(60_000);

// eslint-disable-next-line no-restricted-syntax
const EXAMPLES = resolve(__dirname, '../../../examples');

describe('evaluating a package in its worker', () => {
  let root: string;
  let directory: string;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ml-evaluate-'));
    directory = join(root, 'package');
    cpSync(join(EXAMPLES, 'wine-classifier'), directory, { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const run = (options: { baseline?: string } = {}) =>
    evaluate({
      directory,
      baseline: options.baseline
        ? { directory: join(EXAMPLES, options.baseline), version: '1.0.0' }
        : { reason: 'nothing is in production' },
      dataDir: join(root, 'data'),
      env: process.env,
    });
  const edit = (change: (text: string) => string, file = 'eval/suite.yaml') => {
    const path = join(directory, file);
    writeFileSync(path, change(readFileSync(path, 'utf8')));
  };
  const add = (text: string) => edit(suite => `${suite}\n${text}\n`);

  it('passes the example, with what an independent program computes', async () => {
    const report = await run();
    expect(evaluationReportSchema.parse(report)).toEqual(report);
    expect(report).toMatchObject({
      verdict: 'passed',
      model: 'wine-classifier',
      datasets: [{ name: 'holdout', rows: 72 }],
    });
    const card = readFileSync(join(directory, 'card.yaml'), 'utf8');
    const stated = /type: accuracy[^]*?value: '?([\d.]+)/.exec(card)![1];
    const { value } = report.checks.find(check => check.metric === 'accuracy')!;
    expect(value).toBeCloseTo(Number(stated), 3);
  });

  it('says what fails and by how much', async () => {
    edit(text => text.replace('min: 0.8 }', 'min: 0.999 }'));
    const report = await run();
    expect(report.verdict).toBe('failed');
    const [accuracy] = report.checks;
    expect(accuracy.verdict).toBe('failed');
    expect(accuracy.missedBy).toBeCloseTo(0.999 - accuracy.value!, 10);
    expect(report.summary).toContain('missed by');
  });

  it('judges slices, scores, ranges, invariance, latency and a command of the team', async () => {
    writeFileSync(
      join(directory, 'eval/count.mjs'),
      `let text = ''; for await (const part of process.stdin) text += part;
       const rows = text.trim().split('\\n').map(line => JSON.parse(line));
       if (process.env.SECRET) throw new Error('a secret was passed on');
       console.log(rows.filter(row => row.label === row.answer).length / rows.length);`,
    );
    process.env.SECRET = 'not to be seen';
    edit(text =>
      text.replace(
        'metrics:',
        `metrics:
  - { name: area, type: roc-auc, dataset: holdout, threshold: { min: 0.9 } }
  - { name: loss, type: log-loss, dataset: holdout, threshold: { max: 0.5 } }
  - { name: surety, type: calibration, dataset: holdout, threshold: { max: 0.3 } }
  - { name: speed, type: latency, dataset: holdout, percentile: 50, threshold: { max: 5000 } }
  - { name: size, type: payload-size, dataset: holdout, threshold: { max: 5000 } }
  - { name: own, type: command, dataset: holdout, command: [node, eval/count.mjs], threshold: { min: 0.8 } }`,
      ),
    );
    add(`ranges:
  - { name: a probability, dataset: holdout, output: probabilities, min: 0, max: 1 }
  - { name: too narrow, dataset: holdout, output: probabilities, min: 0.5, max: 1 }
invariance:
  - { name: magnesium in mg or not, dataset: holdout, change: { column: magnesium, add: 0 }, output: label }
  - { name: proline matters, dataset: holdout, change: { column: proline, set: 0 }, output: label }`);
    const report = await run();
    delete process.env.SECRET;
    const verdictOf = (name: string) =>
      report.checks.find(check => check.name === name)?.verdict;
    for (const name of ['area', 'loss', 'surety', 'speed', 'size', 'own']) {
      expect([name, verdictOf(name)]).toEqual([name, 'passed']);
    }
    expect(verdictOf('a probability')).toBe('passed');
    expect(verdictOf('too narrow')).toBe('failed');
    expect(verdictOf('magnesium in mg or not')).toBe('passed');
    expect(verdictOf('proline matters')).toBe('failed');
    const own = report.checks.find(({ name }) => name === 'own')!;
    const accuracy = report.checks.find(({ name }) => name === 'accuracy')!;
    expect(own.value).toBeCloseTo(accuracy.value!, 10);
    expect(report.plots[0].roc).toHaveLength(3);
    const html = renderHtml(report);
    for (const title of ['Confusion matrix', 'ROC', 'Calibration']) {
      expect(html).toContain(`aria-label="${title}`);
    }
    expect(html).not.toMatch(/<script|https?:/);
  });

  it('compares with the version in production, and fails where it is worse', async () => {
    add(`comparisons:
  - { name: as good as now, metric: accuracy, notWorseBy: 0.05 }`);
    expect((await run()).checks.at(-1)).toMatchObject({
      kind: 'comparison',
      verdict: 'skipped',
      message: expect.stringContaining('nothing is in production'),
    });
    const same = await run({ baseline: 'wine-classifier' });
    expect(same.checks.at(-1)).toMatchObject({
      verdict: 'passed',
      value: 0,
      interval: { low: 0, high: 0, confidence: 0.95 },
    });
    // Better than this one on the same rows: even the good end of the interval is no proof.
    edit(text => text.replace('notWorseBy: 0.05', 'notWorseBy: 0'));
    const worse = (await run({ baseline: 'wine-classifier-next' })).checks.at(
      -1,
    )!;
    expect(worse.value).toBeGreaterThan(0);
    expect(worse).toMatchObject({
      verdict: 'failed',
      missedBy: worse.interval!.high,
    });
  });

  it('evaluates quantities', async () => {
    cpSync(join(EXAMPLES, 'diabetes-risk'), directory, { recursive: true });
    const report = await run();
    expect(report).toMatchObject({ verdict: 'passed', model: 'diabetes-risk' });
    expect(report.plots[0].scatter!.points.length).toBeGreaterThan(10);
  });

  it("evaluates a team's own server, and no other process outlives it", async () => {
    directory = join(root, 'server');
    mkdirSync(join(directory, 'eval'), { recursive: true });
    // eslint-disable-next-line no-restricted-syntax
    const fixtures = join(__dirname, '../../inference-server/fixtures/servers');
    cpSync(join(fixtures, 'server.mjs'), join(directory, 'server.mjs'));
    const write = (file: string, content: object) =>
      // JSON is YAML, too.
      writeFileSync(join(directory, file), JSON.stringify(content));
    write('model.yaml', {
      ...{ apiVersion: 'ml.internal/v1alpha1', kind: 'Package' },
      ...{ name: 'doubler', version: '1.0.0', description: 'Doubles' },
      ...{ owner: 'group:default/team', format: 'container' },
      container: { command: ['node', 'server.mjs'], port: 8080 },
      interface: {
        inputs: [{ name: 'x', datatype: 'FP32', shape: [-1] }],
        outputs: [{ name: 'y', datatype: 'FP32', shape: [-1] }],
      },
    });
    writeFileSync(join(directory, 'eval/rows.csv'), 'x,right\n1,2\n2,4\n3,7\n');
    write('eval/suite.yaml', {
      ...{ apiVersion: 'ml.internal/v1alpha1', kind: 'EvaluationSuite' },
      datasets: [
        {
          ...{ name: 'rows', path: 'eval/rows.csv' },
          label: { column: 'right', output: 'y' },
        },
      ],
      metrics: [
        {
          ...{ name: 'error', type: 'mae', dataset: 'rows' },
          threshold: { max: 0.3 },
        },
      ],
    });
    const report = await run();
    expect(report.checks).toEqual([
      expect.objectContaining({
        ...{ name: 'error', verdict: 'failed', rows: 3 },
        value: expect.closeTo(1 / 3, 10),
        missedBy: expect.closeTo(1 / 3 - 0.3, 10),
      }),
    ]);
    const left = execFileSync('ps', ['-A', '-o', 'args='], {
      encoding: 'utf8',
    });
    expect(left).not.toContain(directory);
  });

  it.each<[string, (text: string) => string, RegExp]>([
    [
      'an unknown metric',
      text => text.replace('type: accuracy', 'type: acuracy'),
      /eval\/suite\.yaml:31 metrics\[0\]\.type: must be accuracy or/,
    ],
    [
      'a data set that is not there',
      text => text.replace('dataset: holdout', 'dataset: other'),
      /metrics\[0\]\.dataset: there is no data set 'other'/,
    ],
    [
      'a field of no meaning',
      text => text.replace('threshold: {', 'treshold: {'),
      /metrics\[0\]\.treshold: is not a known field/,
    ],
    [
      'a threshold that nothing can meet',
      text => text.replace('{ min: 0.8 }', '{ min: 0.8, max: 0.7 }'),
      /has a min above its max/,
    ],
    [
      'a data set with another digest',
      text =>
        text.replace('digest: sha256:6bda92fd', 'digest: sha256:00000000'),
      /is not the one that the suite names: its digest is sha256:6bda92/,
    ],
    [
      'a column that is not there',
      text =>
        text.replace('column: cultivar, equals: 0', 'column: grape, equals: 0'),
      /has no column 'grape'/,
    ],
  ])('refuses %s', async (_, change, message) => {
    edit(change);
    await expect(run()).rejects.toThrow(message);
  });

  it('names the row that is wrong', async () => {
    edit(
      text => text.replace(/^13\.48,1\.81/m, '13.48,much'),
      'eval/holdout.csv',
    );
    edit(text => text.replace(/^ *digest: .*$/m, ''));
    await expect(run()).rejects.toThrow(
      /eval\/holdout\.csv, row 2: malic_acid must be a number/,
    );
  });

  it('says why a model cannot be served', async () => {
    edit(() => 'no model', 'model.onnx');
    await expect(run()).rejects.toThrow(/The packaged model cannot be served/);
  });
});
