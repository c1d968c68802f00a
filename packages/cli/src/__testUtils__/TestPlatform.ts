import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import {
  type DatasetUse,
  type Deployment,
  isFinal,
  isWaiting,
  type LineageGraph,
  type Release,
  type ReleaseState,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { LifecyclePeer } from './LifecyclePeer';
import { OciPeer } from './OciPeer';
import { Refusal } from './Refusal';

const TOKEN = 'test-token';
const OTHER_TOKEN = 'other-token';
const NOW = '2026-01-02T03:04:05.000Z';

/**
 * A small platform over real HTTP: the REST calls and OCI calls that `ml`
 * makes, and an inference gateway. Each poll of a release moves it on.
 */
export class TestPlatform {
  readonly token = TOKEN;
  /** Of somebody else. */
  readonly otherToken = OTHER_TOKEN;
  readonly oci = new OciPeer();
  readonly versions = new Map<string, Version>();
  readonly lifecycle = new LifecyclePeer(this.versions);
  readonly releases: Release[] = [];
  /** Answer to a question for lineage, whatever the query. */
  lineage?: LineageGraph;
  datasetUses: DatasetUse[] = [];
  /** States a new release goes through, one a poll; the last one stays. */
  script: ReleaseState[] = ['loading', 'routing', 'succeeded'];
  releaseError = 'the worker does not start';
  health: Deployment['health'] = 'healthy';
  /** Where it says that packages go, when not to itself. */
  externalRegistry?: { url: string; repositoryPrefix?: string };
  /** Requests to the portal, as `METHOD path`. */
  readonly requests: string[] = [];
  readonly #server = createServer((request, response) =>
    this.#handle(request, response).catch(() => request.socket.destroy()),
  );

  static async start(): Promise<TestPlatform> {
    const platform = new TestPlatform();
    await new Promise<void>(resolve => {
      platform.#server.listen(0, '127.0.0.1', resolve);
    });
    return platform;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise(resolve => {
      this.#server.close(resolve);
    });
  }

  /** Adds a registered version. */
  addVersion(version: Partial<Version> & { model: string; version: string }) {
    this.versions.set(`${version.model}@${version.version}`, {
      digest: `sha256:${'0'.repeat(64)}`,
      repository: `models/${version.model}`,
      format: 'onnx',
      files: [],
      sizeBytes: 0,
      createdAt: NOW,
      createdBy: 'user:default/tester',
      package: { owner: 'group:default/team' },
      card: {
        modelParameters: { task: 'classification' },
        quantitativeAnalysis: { performanceMetrics: [] },
        considerations: {},
      },
      state: 'registered',
      aliases: [],
      interface: {
        inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 4] }],
        outputs: [{ name: 'label', datatype: 'INT64', shape: [-1] }],
      },
      ...version,
    } as Version);
  }

  async #handle(request: IncomingMessage, response: ServerResponse) {
    const url = new URL(request.url!, this.url);
    const { pathname } = url;
    if (pathname.startsWith('/v2/models/') && pathname.endsWith('/infer')) {
      await this.#infer(request, response);
      return;
    }
    if (pathname.startsWith('/v2/health')) {
      response.writeHead(200).end('{}');
      return;
    }
    this.requests.push(`${request.method} ${pathname}`);
    const token = request.headers.authorization?.slice('Bearer '.length);
    if (token !== TOKEN && token !== OTHER_TOKEN) {
      this.#fail(response, 401, 'AuthenticationError', 'Unknown token');
    } else if (pathname.startsWith('/v2/')) {
      await this.oci.handle(request, response, url);
    } else {
      const sent = await text(request);
      const body = sent ? JSON.parse(sent) : {};
      this.#api(request, response, url, body);
    }
  }

  #api(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: Record<string, string>,
  ) {
    const [resource, name, sub, id] = url.pathname
      .replace('/api/ml/v1/', '')
      .split('/')
      .map(decodeURIComponent);
    const send = (value: unknown) =>
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify(value));
    const versions = [...this.versions.values()].filter(
      item => !name || item.model === name,
    );
    if (url.pathname.endsWith('/lineage')) {
      send(this.lineage);
      return;
    }
    if (url.pathname.endsWith('/evaluations/gate')) {
      send({
        ...{ passed: true, evaluable: false },
        ...{ requiredFor: ['production'], message: 'it passed' },
      });
      return;
    }
    if (resource === 'datasets') {
      send({ items: name === 's3://data/wine.csv' ? this.datasetUses : [] });
      return;
    }
    const lifecycle = this.#lifecycle(request, response, url, body);
    if (lifecycle === 'refused') return;
    if (lifecycle) {
      send(lifecycle.value);
    } else if (resource === 'info') {
      const gateways = { staging: this.url, production: this.url };
      const registry = new URL(this.url).host;
      const { externalRegistry } = this;
      send({
        ...{ version: '0.1.0', gateways, registry, externalRegistry },
        identity: 'service:ml',
      });
    } else if (resource === 'deployments') {
      send({ items: this.#deployments(url.searchParams) });
    } else if (resource === 'releases') {
      const release = this.releases.find(item => item.id === name);
      if (!release)
        this.#fail(response, 404, 'NotFoundError', 'No such release');
      else send(this.#advance(release));
    } else if (!name) {
      const models = [...new Set(versions.map(item => item.model))];
      send({ items: models.map(model => this.#model(model)) });
    } else if (sub === 'versions' && request.method === 'POST') {
      this.#register(response, name, body, send);
    } else if (!versions.length) {
      this.#fail(response, 404, 'NotFoundError', `There is no model '${name}'`);
    } else if (!sub) {
      send(this.#model(name));
    } else if (sub === 'versions' && id) {
      const version = this.versions.get(`${name}@${id}`);
      if (version) send(version);
      else
        this.#fail(
          response,
          404,
          'NotFoundError',
          `${name} has no version ${id}`,
        );
    } else if (sub === 'versions') {
      send({ items: versions });
    } else if (request.method === 'GET') {
      const asked = (key: string) => url.searchParams.get(key);
      send({
        items: this.releases.filter(
          item =>
            (asked('state')?.split(',').includes(item.state) ?? true) &&
            (asked('kind') ?? item.kind) === item.kind &&
            (asked('requestedBy') ?? item.requestedBy) === item.requestedBy,
        ),
      });
    } else {
      this.#release(response, name, sub, body, send);
    }
  }

  #lifecycle(
    request: IncomingMessage,
    response: ServerResponse,
    url: URL,
    body: Record<string, string>,
  ) {
    const isOther = request.headers.authorization?.endsWith(OTHER_TOKEN);
    try {
      return this.lifecycle.handle({
        method: request.method!,
        path: url.pathname
          .replace('/api/ml/v1/', '')
          .split('/')
          .map(decodeURIComponent),
        query: url.searchParams,
        body,
        actor: isOther ? 'user:default/paul' : 'user:default/mia',
      });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { code, message, refusal, status } = error;
      this.#fail(response, status, refusal, message, code);
      return 'refused';
    }
  }

  #register(
    response: ServerResponse,
    model: string,
    body: Record<string, string>,
    send: (value: unknown) => void,
  ) {
    if (!this.externalRegistry && !this.oci.manifests.has(body.digest)) {
      this.#fail(response, 400, 'InputError', 'the manifest was not pushed');
      return;
    }
    this.addVersion({
      model,
      version: body.version,
      digest: body.digest,
      state: body.draft ? 'draft' : 'registered',
    });
    send(this.versions.get(`${model}@${body.version}`));
  }

  #release(
    response: ServerResponse,
    model: string,
    sub: string,
    body: Record<string, string>,
    send: (value: unknown) => void,
  ) {
    const superseded = this.releases.find(({ id }) => id === body.supersedes);
    if (superseded && isWaiting(superseded.state)) superseded.state = 'aborted';
    if (this.releases.some(item => !isFinal(item.state))) {
      this.#fail(response, 409, 'ConflictError', 'release #1 is under way');
      return;
    }
    const release = {
      id: `release-${this.releases.length + 1}`,
      model,
      environment: body.environment,
      number: this.releases.length + 1,
      kind: sub === 'rollbacks' ? 'rollback' : 'deploy',
      version: body.version,
      reason: body.reason,
      strategy: body.strategy ?? 'immediate',
      state: 'pending',
      requestedBy: 'service:ml',
      createdAt: NOW,
    } as Release;
    this.releases.push(release);
    send(release);
  }

  #advance(release: Release): Release {
    const next = this.script.indexOf(release.state) + 1;
    release.state = this.script[next] ?? release.state;
    if (release.state === 'approval') {
      release.awaiting = [{ rule: 'skip-canary', approval: 'approval-1' }];
    }
    if (isFinal(release.state)) {
      release.finishedAt = new Date(Date.parse(NOW) + 42_000).toISOString();
    }
    if (['failed', 'refused', 'rolled_back'].includes(release.state)) {
      release.error = this.releaseError;
    }
    return release;
  }

  #model(name: string) {
    return {
      name,
      title: name,
      description: 'An example',
      owner: 'group:default/team',
      tags: [],
      dependsOn: [],
      createdAt: NOW,
      updatedAt: NOW,
      versionCount: 1,
      latestVersion: '1.0.0',
      deployments: this.#deployments(new URLSearchParams({ model: name })),
    };
  }

  #deployments(query: URLSearchParams): Deployment[] {
    const asked = this.releases.filter(
      item =>
        item.model === (query.get('model') ?? item.model) &&
        item.environment === (query.get('environment') ?? item.environment),
    );
    const done = asked.filter(item => item.state === 'succeeded');
    const live = done.at(-1);
    const active = asked.find(item => !isFinal(item.state));
    const known = active ?? live;
    if (!known) return [];
    return [
      {
        model: known.model,
        environment: known.environment,
        ...(live && {
          version: live.version,
          releaseNumber: live.number,
          since: NOW,
          by: live.requestedBy,
        }),
        health: live ? this.health : 'none',
        rollbackVersion: done.at(-2)?.version,
        ...(active && { activeRelease: active }),
        endpoint: `${this.url}/v2/models/${known.model}`,
      },
    ];
  }

  async #infer(request: IncomingMessage, response: ServerResponse) {
    const isKnown = [...this.versions.values()].some(item =>
      request.url!.startsWith(`/v2/models/${item.model}/`),
    );
    await text(request);
    if (!isKnown || request.headers.authorization) {
      response.writeHead(404).end('{"error":"no such model is served"}');
      return;
    }
    // A number that no double holds.
    response.end(
      '{"model_name":"m","outputs":[{"name":"label","datatype":"INT64","shape":[1],"data":[9007199254740993]}]}',
    );
  }

  #fail(
    response: ServerResponse,
    status: number,
    name: string,
    message: string,
    code?: string,
  ) {
    response
      .writeHead(status, {
        'content-type': 'application/json',
        'x-request-id': 'request-7',
      })
      .end(
        JSON.stringify({
          error: { name, message, code },
          response: { statusCode: status },
        }),
      );
  }
}
