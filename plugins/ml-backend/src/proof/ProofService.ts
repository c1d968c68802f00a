import { ConflictError } from '@backstage/errors';
import { type Trust, verifyBundle } from '@ml-platform/attestations';
import type {
  Model,
  ModelTrust,
  ProofReport,
  RefusalCode,
  SignatureState,
  TrustAnchor,
  Version,
  VersionProof,
} from '@ml-platform/plugin-ml-common';
import type { AuditLog } from '../audit/AuditLog';
import type { RequestContext } from '../http/requestContext';
import type { PolicySettings } from '../policy/PolicySettings';
import type { RegistryService } from '../registry/RegistryService';
import { expectAbout, type ProofReader } from './ProofReader';
import {
  anchorsFor,
  type SignatureSettings,
  toTrust,
} from './signatureSettings';

export interface ProofServiceOptions {
  registry: Pick<RegistryService, 'getModel' | 'getVersion'>;
  reader: ProofReader;
  settings: SignatureSettings;
  policies: PolicySettings;
  /** Believed for test results, and for nothing else. */
  evaluationAnchor?: TrustAnchor;
  audit: AuditLog;
}

/**
 * Who signed a version, as far as the platform believes it, and the rule that
 * production takes signed versions only. Nothing of it is stored: each answer
 * is made of what is attached now and of whom is trusted now.
 */
export class ProofService {
  readonly #options: ProofServiceOptions;

  constructor(options: ProofServiceOptions) {
    this.#options = options;
  }

  /** @throws NotFoundError, also when the caller may not see the model. */
  async getTrust(context: RequestContext, name: string): Promise<ModelTrust> {
    const { policies, registry, settings } = this.#options;
    const model = await registry.getModel(context, name);
    const { requiredForProduction } = await policies.get('signatures');
    return {
      model: name,
      requiredForProduction,
      anchors: anchorsFor(settings, model.owner),
    };
  }

  /** @throws NotFoundError, also when the caller may not see the model. */
  async getProof(
    context: RequestContext,
    name: string,
    versionName: string,
  ): Promise<VersionProof> {
    const { registry } = this.#options;
    const model = await registry.getModel(context, name);
    const version = await registry.getVersion(context, name, versionName);
    return this.prove(model, version);
  }

  /**
   * Refuses production to a version that nobody trusted has signed, where that
   * is the rule; the refusal is recorded.
   * @throws ConflictError with the code GATE_REFUSED
   */
  async requireSigned(
    context: RequestContext,
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<void> {
    const unsigned = await this.findUnsigned(model, version);
    if (!unsigned) return;
    await this.#options.audit.record({
      actor: context.actor,
      action: 'release.deploy',
      resource: `deployment:production/${version.model}`,
      outcome: 'denied',
      details: {
        version: version.version,
        digest: version.digest,
        signature: unsigned.state,
      },
      requestId: context.requestId,
    });
    const code: RefusalCode = 'GATE_REFUSED';
    throw Object.assign(new ConflictError(unsigned.message), { code });
  }

  /** Why production does not take a version, as far as signatures go. */
  async findUnsigned(
    model: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<{ state: SignatureState; message: string } | undefined> {
    const { policies } = this.#options;
    if (!(await policies.get('signatures')).requiredForProduction) {
      return undefined;
    }
    const { state, summary } = await this.prove(model, version);
    if (state === 'signed') return undefined;
    const subject = `${version.model}@${version.version}`;
    return {
      state,
      message: `Production takes signed versions only. ${subject}: ${summary}. Sign it with 'ml sign ${subject} --key <private key>', with a key that is trusted for ${model.owner}`,
    };
  }

  /**
   * Checks a test result before it is attached.
   * @returns the name of who signed it
   * @throws ProofError when nobody trusted did, or it is about something else
   */
  async verify(
    { owner }: Pick<Model, 'owner'>,
    version: Version,
    bundle: Buffer,
  ): Promise<string> {
    const { signedBy, statement } = await verifyBundle(bundle, {
      trust: this.#resultTrust(owner),
      at: new Date(),
    });
    expectAbout(version, statement);
    return signedBy.name;
  }

  #resultTrust(owner: string): Trust {
    const { evaluationAnchor, settings } = this.#options;
    return toTrust([
      ...anchorsFor(settings, owner),
      ...(evaluationAnchor ? [evaluationAnchor] : []),
    ]);
  }

  /** For what was authorized already: who signed the version, as things are now. */
  async prove(
    { owner }: Pick<Model, 'owner'>,
    version: Version,
  ): Promise<VersionProof> {
    const { policies, reader, settings } = this.#options;
    const { requiredForProduction } = await policies.get('signatures');
    const trust = toTrust(anchorsFor(settings, owner));
    const results = this.#resultTrust(owner);
    const found =
      version.state === 'deleted'
        ? { signatures: [], attestations: [], others: [] }
        : await reader.read(version, { trust, results });
    const { signatures } = found;
    const state = stateOf(signatures);
    const signer = signatures.find(each => each.state === 'valid')?.signer;
    return {
      model: version.model,
      version: version.version,
      digest: version.digest,
      repository: version.repository,
      state,
      signer,
      summary: summaryOf(state, signatures),
      requiredForProduction,
      ...found,
    };
  }
}

/** One signature that holds is enough: anybody who may push can attach another. */
function stateOf(signatures: readonly ProofReport[]): SignatureState {
  const has = (state: ProofReport['state']) =>
    signatures.some(each => each.state === state);
  if (has('valid')) return 'signed';
  if (has('invalid')) return 'invalid';
  return has('untrusted') ? 'untrusted' : 'unsigned';
}

function summaryOf(
  state: SignatureState,
  signatures: readonly ProofReport[],
): string {
  const reason = (wanted: ProofReport['state']) =>
    signatures.find(each => each.state === wanted)?.problem?.message;
  switch (state) {
    case 'signed':
      return `signed by ${
        signatures.find(each => each.state === 'valid')?.signer?.name
      }`;
    case 'invalid':
      return `its signature does not verify. ${reason('invalid')}`;
    case 'untrusted':
      return `nobody trusted has signed it. ${reason('untrusted')}`;
    default:
      return 'it is not signed';
  }
}
