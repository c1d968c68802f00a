import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ADD, ARITHMETIC, fixture, TestBed, waitFor } from './__testUtils__';

interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes: { key: string; value: Record<string, unknown> }[];
}

/** An OTLP/HTTP receiver, as far as traces in JSON go. */
class Receiver {
  readonly spans: OtlpSpan[] = [];
  readonly resources: unknown[] = [];
  readonly headers: unknown[] = [];
  /** Statuses of the next answers; then 200. */
  readonly statuses: number[] = [];
  readonly #server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const status = this.statuses.shift() ?? 200;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end('{}');
    if (status !== 200 || request.url !== '/v1/traces') return;
    this.headers.push(request.headers);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks).toString());
    for (const { resource, scopeSpans } of resourceSpans) {
      this.resources.push(resource);
      for (const { spans } of scopeSpans) this.spans.push(...spans);
    }
  });

  async start(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  stop(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  of(traceId: string): OtlpSpan[] {
    return this.spans.filter(span => span.traceId === traceId);
  }
}

describe('what is told of requests', () => {
  const receiver = new Receiver();
  let bed: TestBed;

  beforeAll(async () => {
    const endpoint = await receiver.start();
    bed = await TestBed.start({
      OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'api-key=s3cret%20word',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test',
      ML_OPS_PORT: '0',
      ML_LOG_OUTPUTS: 'small',
    });
    for (const version of ['1.0.0', '1.1.0']) {
      const artifact = fixture('arithmetic');
      const spec = { version, artifact, interface: ARITHMETIC };
      await bed.server.load(bed.registry.push(spec));
    }
    await bed.server.route(1, [
      { version: '1.0.0', weight: 3 },
      { version: '1.1.0', weight: 1 },
    ]);
  });

  afterAll(async () => {
    await bed.stop();
    receiver.stop();
  });

  const metrics = async () => {
    const response = await fetch(`${bed.server.addresses.ops}/metrics`);
    expect(response.status).toBe(200);
    return response.text();
  };

  it('takes up the trace of the caller, and shows where the time went', async () => {
    const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
    const parent = '00f067aa0ba902b7';
    const answer = await bed.server.infer('test', ADD, {
      traceparent: `00-${traceId}-${parent}-01`,
    });
    expect(answer.headers.get('x-trace-id')).toBe(traceId);
    const spans = await waitFor('the spans', () =>
      receiver.of(traceId).length ? receiver.of(traceId) : undefined,
    );
    const byName = new Map(spans.map(span => [span.name, span]));
    const request = byName.get('gateway.request')!;
    expect(request.parentSpanId).toBe(parent);
    for (const name of ['gateway.queue', 'worker.infer']) {
      expect(byName.get(name)!.parentSpanId).toBe(request.spanId);
    }
    const worker = byName.get('worker.infer')!;
    for (const name of ['worker.decode', 'worker.run', 'worker.encode']) {
      expect(byName.get(name)!.parentSpanId).toBe(worker.spanId);
    }
    for (const { startTimeUnixNano, endTimeUnixNano } of spans) {
      expect(BigInt(startTimeUnixNano)).toBeGreaterThanOrEqual(
        BigInt(request.startTimeUnixNano),
      );
      expect(BigInt(endTimeUnixNano)).toBeGreaterThanOrEqual(
        BigInt(startTimeUnixNano),
      );
    }
    expect(request.attributes).toContainEqual({
      key: 'http.response.status_code',
      value: { intValue: '200' },
    });
    expect(receiver.headers[0]).toMatchObject({ 'api-key': 's3cret word' });
    expect(receiver.resources[0]).toMatchObject({
      attributes: expect.arrayContaining([
        {
          key: 'deployment.environment.name',
          value: { stringValue: 'test' },
        },
      ]),
    });
  });

  it('records nothing of a trace that the caller does not sample', async () => {
    const traceId = 'aaf92f3577b34da6a3ce929d0e0e4736';
    const headers = { traceparent: `00-${traceId}-00f067aa0ba902b7-00` };
    expect((await bed.server.infer('test', ADD, headers)).status).toBe(200);
    // A later one that is sampled shows that the first had its time.
    const { headers: later } = await bed.server.infer('test', ADD);
    await waitFor('the later trace', () =>
      receiver.of(later.get('x-trace-id')!).length ? true : undefined,
    );
    expect(receiver.of(traceId)).toEqual([]);
  });

  it('begins a new trace when the header is not of the standard', async () => {
    for (const traceparent of [
      'ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      '00-00000000000000000000000000000000-00f067aa0ba902b7-01',
      'nonsense',
    ]) {
      const { headers } = await bed.server.infer('test', ADD, { traceparent });
      expect(headers.get('x-trace-id')).toMatch(/^[0-9a-f]{32}$/);
      expect(traceparent).not.toContain(headers.get('x-trace-id'));
    }
  });

  it('sends spans again that the receiver was too busy for', async () => {
    receiver.statuses.push(503);
    const { headers } = await bed.server.infer('test', ADD);
    await waitFor('the spans', () =>
      receiver.of(headers.get('x-trace-id')!).length ? true : undefined,
    );
    expect(await metrics()).toMatch(/telemetry_lost_total\{of="spans"\} 0/);
  });

  it('counts for Prometheus, with labels that callers cannot make up', async () => {
    await bed.server.infer('test/versions/1.1.0', ADD);
    await bed.server.infer('test/versions/1.1.0', { inputs: [] });
    await bed.server.infer('made-up-by-a-caller', ADD);
    const text = await metrics();
    const series =
      'environment="production",model="test",version="1.1.0",arm="pinned"';
    expect(text).toContain(
      `ml_inference_requests_total{${series},transport="rest",code="2xx"} 1`,
    );
    expect(text).toContain(
      `ml_inference_requests_total{${series},transport="rest",code="4xx"} 1`,
    );
    expect(text).toContain(
      `ml_inference_request_duration_seconds_count{${series}} 2`,
    );
    expect(text).toMatch(
      /ml_inference_refused_total\{environment="production",reason="not-found"\} 1/,
    );
    expect(text).toMatch(
      /route_weight_ratio\{environment="production",model="test",version="1\.0\.0"\} 0\.75/,
    );
    const version = 'environment="production",model="test",version="1.0.0"';
    expect(text).toContain(`ml_inference_replicas{${version},count="ready"} 1`);
    expect(text).toContain(`ml_inference_waiting_requests{${version}} 0`);
    const [, memory] = new RegExp(
      `ml_inference_memory_bytes\\{${version}\\} (\\d+)`,
    ).exec(text)!;
    expect(Number(memory)).toBeGreaterThan(10_000_000);
    expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
    expect(text).not.toContain('made-up-by-a-caller');
  });

  it('has metrics that promtool finds nothing wrong with', async () => {
    const report = execFileSync('promtool', ['check', 'metrics'], {
      input: await metrics(),
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    expect(report).toBe('');
  });

  it('shows metrics on the control API, too, to those who have its token', async () => {
    const url = `${bed.server.addresses.control}/metrics`;
    expect((await fetch(url)).status).toBe(401);
    const authorization = 'Bearer control-token-of-the-tests';
    const answer = await fetch(url, { headers: { authorization } });
    expect(answer.headers.get('content-type')).toContain('version=0.0.4');
    expect(await answer.text()).toContain('ml_inference_build_info');
  });

  it('forgets the series of a version that is gone', async () => {
    const spec = bed.registry.push({
      version: '1.2.0',
      artifact: fixture('arithmetic'),
      interface: ARITHMETIC,
    });
    await bed.server.load(spec);
    await bed.server.infer('test/versions/1.2.0', ADD);
    expect(await metrics()).toContain('version="1.2.0"');
    await bed.server.control(
      'DELETE',
      '/environments/production/models/test/versions/1.2.0',
    );
    // Once more with the last counts, then no more.
    await metrics();
    expect(await metrics()).not.toContain('version="1.2.0"');
  });

  it('tells operators how it is', async () => {
    const get = async (path: string) =>
      (await fetch(`${bed.server.addresses.ops}${path}`)).json();
    expect(await get('/health')).toMatchObject({
      status: 'ok',
      restored: true,
      models: 1,
      versions: { ready: 2, notReady: 0 },
      problems: [],
      lost: { log_lines: 0, spans: 0, captures: 0 },
    });
    expect(await get('/health/ready')).toEqual({ ready: true });
  });
});
