import {
  type Alias,
  type AliasMove,
  type AliasPolicy,
  type Approval,
  parseMetricCondition,
  type Version,
  type VersionState,
} from '@ml-platform/plugin-ml-common';
import { Refusal } from './Refusal';

const EVIDENCE = ['live-in-staging', 'live-in-production'].map(name => ({
  name,
  description: name,
}));
const NOW = '2026-01-02T03:04:05.000Z';

export interface LifecycleRequest {
  method: string;
  /** Below `/v1/`. */
  path: string[];
  query: URLSearchParams;
  body: Record<string, unknown>;
  actor: string;
}

type Answer = { value: unknown } | undefined;

/** The part of the portal that knows states, aliases and approvals, in memory. */
export class LifecyclePeer {
  readonly aliases = new Map<string, Alias>();
  readonly moves: Array<AliasMove & { alias: string }> = [];
  readonly approvals: Approval[] = [];
  readonly #policies = new Map<string, AliasPolicy>();
  readonly #versions: Map<string, Version>;

  constructor(versions: Map<string, Version>) {
    this.#versions = versions;
  }

  /** Undefined for what is not its own. */
  handle(request: LifecycleRequest): Answer {
    const [resource, model, sub, name, verb] = request.path;
    if (resource === 'versions') return { value: this.#search(request.query) };
    if (resource === 'alias-evidence') return { value: { items: EVIDENCE } };
    if (resource === 'approvals') return { value: this.#approvals(request) };
    if (sub === 'aliases') return { value: this.#aliases(request) };
    if (sub !== 'versions' || !verb) return undefined;
    const version = this.#versions.get(`${model}@${name}`);
    if (!version) throw new Refusal(404, `${model} has no version ${name}`);
    return { value: this.#change(version, verb, request) };
  }

  #search(query: URLSearchParams) {
    const given = (key: string) => query.get(key) ?? undefined;
    const metrics = given('metric')?.split(',').map(parseMetricCondition) ?? [];
    const items = [...this.#versions.values()].filter(version => {
      const { aliases, card, package: file } = version;
      return (
        (given('state') ?? version.state) === version.state &&
        (given('format') ?? version.format) === version.format &&
        (given('owner') ?? file.owner) === file.owner &&
        (!query.has('alias') || aliases.includes(given('alias')!)) &&
        version.model.includes(given('q') ?? '') &&
        (given('tag')?.split(',') ?? []).every(tag =>
          file.tags?.includes(tag),
        ) &&
        metrics.every(condition =>
          card.quantitativeAnalysis.performanceMetrics.some(
            ({ type, value }) =>
              type === condition?.metric && Number(value) >= condition.value,
          ),
        )
      );
    });
    return { items };
  }

  #change(version: Version, verb: string, request: LifecycleRequest): unknown {
    const { body, method } = request;
    const { model } = version;
    const name = `${model}@${version.version}`;
    const from = (...states: VersionState[]) => {
      if (!states.includes(version.state)) {
        throw new Refusal(409, `${name} is ${version.state}`);
      }
    };
    if (verb === 'bom') {
      return { bomFormat: 'CycloneDX', metadata: { component: { name } } };
    }
    if (verb === 'publish') {
      from('draft');
      version.state = 'registered';
    } else if (verb === 'deprecation' && method === 'PUT') {
      from('registered', 'deprecated');
      version.state = 'deprecated';
      version.deprecation = {
        ...(body as { reason: string }),
        sunset: new Date(String(body.sunset)).toISOString(),
        at: NOW,
        by: request.actor,
      };
    } else if (verb === 'deprecation') {
      from('deprecated');
      version.state = 'registered';
      delete version.deprecation;
    } else if (version.state === 'draft') {
      version.state = 'deleted';
      return { deleted: true };
    } else {
      from('registered', 'deprecated');
      return this.#ask(version, request);
    }
    return version;
  }

  #ask({ model, version, digest }: Version, request: LifecycleRequest) {
    const open = this.approvals.find(
      item => item.state === 'pending' && item.subject.version === version,
    );
    if (open) {
      throw new Refusal(
        409,
        `${open.requestedBy} asked for this already (approval ${open.id})`,
      );
    }
    const approval: Approval = {
      id: `approval-${this.approvals.length + 1}`,
      kind: 'version.delete',
      model,
      summary: `Delete ${model} ${version}`,
      subject: { version, digest },
      reason: String(request.body.reason),
      state: 'pending',
      requestedBy: request.actor,
      requestedAt: NOW,
      expiresAt: '2026-01-09T03:04:05.000Z',
      consequences: [`The bytes of ${model}@${version} are removed.`],
    };
    this.approvals.unshift(approval);
    return approval;
  }

  #approvals({ actor, body, path, query }: LifecycleRequest): unknown {
    const [, id, decision] = path;
    if (!id) {
      const state = query.get('state');
      return {
        items: this.approvals.filter(item => !state || item.state === state),
      };
    }
    const approval = this.approvals.find(item => item.id === id);
    if (!approval) throw new Refusal(404, `There is no approval ${id}`);
    if (!decision) return approval;
    if ((decision === 'withdraw') !== (approval.requestedBy === actor)) {
      throw new Refusal(
        403,
        decision === 'withdraw'
          ? `Only ${approval.requestedBy} can withdraw this request`
          : 'You asked for this yourself, so somebody else has to decide on it',
      );
    }
    if (approval.state !== 'pending') {
      throw new Refusal(409, `The request is ${approval.state}`);
    }
    if (decision === 'approve') {
      const key = `${approval.model}@${approval.subject.version}`;
      this.#versions.get(key)!.state = 'deleted';
    }
    return Object.assign(approval, {
      state: { approve: 'used', deny: 'denied', withdraw: 'withdrawn' }[
        decision
      ],
      decidedBy: actor,
      decidedAt: NOW,
      ...body,
    });
  }

  #aliases({ actor, body, method, path }: LifecycleRequest): unknown {
    const [, model, , name, verb] = path;
    const known = [...this.#versions.values()].some(
      item => item.model === model,
    );
    if (!known) throw new Refusal(404, `There is no model '${model}'`);
    const key = `${model}@${name}`;
    const current = this.aliases.get(key);
    if (!name) {
      return {
        items: [...this.aliases.values()]
          .filter(item => item.model === model)
          .map(item => ({
            ...item,
            policy: this.#policies.get(`${model}@${item.name}`),
          })),
      };
    }
    if (verb === 'history') {
      return { items: this.moves.filter(move => move.alias === key) };
    }
    if (verb === 'policy' && method === 'GET') {
      return this.#policies.get(key) ?? { movers: [], evidence: [] };
    }
    if (verb === 'policy') {
      this.#policies.set(key, body as AliasPolicy);
      return body;
    }
    if (method === 'DELETE' && !current) {
      throw new Refusal(404, `${model} has no alias '${name}'`);
    }
    const to = body.version as string | undefined;
    if (to && this.#policies.get(key)?.evidence.length) {
      throw new Refusal(409, `${model}@${to} never served`, 'GATE_REFUSED');
    }
    const move = { by: actor, at: NOW, reason: body.reason as string };
    this.moves.unshift({ alias: key, from: current?.version, to, ...move });
    for (const version of this.#versions.values()) {
      if (version.model !== model) continue;
      version.aliases = version.aliases.filter(alias => alias !== name);
      if (version.version === to) version.aliases.push(name);
    }
    if (!to) {
      this.aliases.delete(key);
      return {};
    }
    const moved: Alias = {
      ...{ model, name, version: to },
      movedAt: NOW,
      movedBy: actor,
    };
    this.aliases.set(key, moved);
    return moved;
  }
}
