import { createHash } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './serving/workers/freePorts';
import {
  ADD,
  ARITHMETIC,
  fixture,
  modelPath,
  planFor,
  startTraffic,
  TestBed,
  waitFor,
} from './__testUtils__';

jest.setTimeout(120_000);

interface Panel {
  title: string;
  type: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Array<{ expr: string; legendFormat: string }>;
}

const dashboard: {
  panels: Panel[];
  templating: { list: Array<{ name: string; definition?: string }> };
} = JSON.parse(
  readFileSync(
    // eslint-disable-next-line no-restricted-syntax
    join(__dirname, '../../../deploy/grafana/inference-server.json'),
    'utf8',
  ),
);
const shown = dashboard.panels.filter(({ type }) => type !== 'row');
const queries = shown.flatMap(({ targets, title }) =>
  targets!.map(({ expr, legendFormat }) => ({ title, expr, legendFormat })),
);

/** As Grafana does it with all values of the variables. */
function fillIn(expr: string): string {
  return expr
    .replaceAll(/\$(job|environment|model)\b/g, '.+')
    .replaceAll('$__rate_interval', '10s');
}

/** The dashboard as Grafana would ask for it: a real server, scraped by a real Prometheus. */
describe('the Grafana dashboard', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ml-dashboard-test-'));
  let bed: TestBed;
  let prometheus: ChildProcess;
  let url: string;
  let traffic: ReturnType<typeof startTraffic>;

  const ask = async (
    query: string,
  ): Promise<{
    status: string;
    error?: string;
    data: { result: Array<{ metric: Record<string, string> }> };
  }> => {
    const answer = await fetch(
      `${url}/api/v1/query?${new URLSearchParams({ query })}`,
    );
    return answer.json();
  };
  const metricsOf = (expr: string) =>
    expr.match(/\b(?:ml_inference|process|nodejs)_[a-z0-9_]+\b/g) ?? [];

  beforeAll(async () => {
    const key = 'key-of-the-shop';
    const callers = join(folder, 'callers.yaml');
    const sha256 = createHash('sha256').update(key).digest('hex');
    writeFileSync(
      callers,
      JSON.stringify({ consumers: [{ name: 'shop', keys: [{ sha256 }] }] }),
    );
    bed = await TestBed.start({ ML_OPS_PORT: '0', ML_CALLERS_FILE: callers });
    for (const version of ['1.0.0', '1.1.0']) {
      const artifact = fixture('arithmetic');
      await bed.server.load(
        bed.registry.push({ version, artifact, interface: ARITHMETIC }),
      );
    }
    await bed.server.route(1, [{ version: '1.0.0', weight: 1 }]);
    const steps = [
      { weight: 50, holdMs: 600_000 },
      { weight: 100, holdMs: 0 },
    ];
    const { body, status } = await bed.server.control(
      'PUT',
      `${modelPath('production', 'test')}/rollout`,
      planFor('1.0.0', '1.1.0', { steps }),
    );
    if (status !== 200) throw new Error(JSON.stringify(body));
    let count = 0;
    traffic = startTraffic(() => bed.server, ADD, {
      callers: 2,
      // One in ten is refused.
      headers: () => ({
        authorization: `Bearer ${count++ % 10 ? key : 'wrong'}`,
      }),
    });
    const [port] = await freePorts(1);
    const config = join(folder, 'prometheus.yml');
    writeFileSync(
      config,
      JSON.stringify({
        global: { scrape_interval: '500ms' },
        scrape_configs: [
          {
            job_name: 'ml-inference',
            static_configs: [
              { targets: [new URL(bed.server.addresses.ops!).host] },
            ],
          },
        ],
      }),
    );
    url = `http://127.0.0.1:${port}`;
    prometheus = spawn(
      'prometheus',
      [
        `--config.file=${config}`,
        `--storage.tsdb.path=${join(folder, 'data')}`,
        `--web.listen-address=127.0.0.1:${port}`,
        '--log.level=error',
      ],
      { stdio: ['ignore', 'ignore', 'inherit'] },
    );
    let last: unknown;
    await waitFor(
      'Prometheus to have rates',
      async () => {
        const answer = await ask(
          'rate(ml_inference_requests_total{arm="canary"}[10s]) > 0',
        ).catch(() => undefined);
        last = answer;
        return answer?.data.result.length ? true : undefined;
      },
      30_000,
    ).catch(error => {
      throw new Error(`${error.message}: ${JSON.stringify(last)}`);
    });
  });
  afterAll(async () => {
    await traffic?.stop();
    prometheus?.kill('SIGKILL');
    await bed?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('names metrics only that the server has', async () => {
    const text = await (
      await fetch(`${bed.server.addresses.ops}/metrics`)
    ).text();
    const known = new Set(
      [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, name, type]) =>
        type === 'histogram'
          ? ['_bucket', '_sum', '_count'].map(end => name + end)
          : [name],
      ),
    );
    const variables = dashboard.templating.list.map(
      ({ definition = '' }) => definition,
    );
    const named = [...queries.map(({ expr }) => expr), ...variables].flatMap(
      metricsOf,
    );
    expect(named.length).toBeGreaterThan(queries.length);
    expect(named.filter(name => !known.has(name))).toEqual([]);
  });

  it.each(queries)('shows something: $title ($legendFormat)', async query => {
    const { data, error, status } = await ask(fillIn(query.expr));
    expect({ status, error }).toEqual({ status: 'success', error: undefined });
    // This server has no certificate, and its metric no series, until TLS is on.
    const wanted = query.title !== 'Time until a certificate ends';
    expect(data.result.length > 0).toBe(wanted);
    // A label that no series has would leave a gap in the legend.
    for (const [, label] of query.legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
      const has = data.result.some(({ metric }) => metric[label]);
      expect([label, has]).toEqual([label, wanted]);
    }
  });

  it('says what each panel is about, and lays none over another', () => {
    const cells = new Map<string, string>();
    for (const { description, gridPos, title } of shown) {
      expect([title, description?.length]).not.toEqual([title, undefined]);
      const { h, w, x, y } = gridPos;
      expect(x + w).toBeLessThanOrEqual(24);
      for (let column = x; column < x + w; column += 1) {
        for (let line = y; line < y + h; line += 1) {
          const cell = `${column}/${line}`;
          expect([cell, cells.get(cell)]).toEqual([cell, undefined]);
          cells.set(cell, title);
        }
      }
    }
  });
});
