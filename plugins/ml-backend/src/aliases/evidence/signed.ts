import { NotFoundError } from '@backstage/errors';
import type { ProofService } from '../../proof/ProofService';
import type { RegistryStore } from '../../registry/RegistryStore';
import type { EvidenceKind } from './EvidenceKind';

/** Somebody trusted has signed the version, as it is asked for now. */
export function signed(options: {
  models: Pick<RegistryStore, 'getModel'>;
  proofs: Pick<ProofService, 'prove'>;
}): EvidenceKind {
  const { models, proofs } = options;
  return {
    name: 'signed',
    description: 'somebody whom the platform trusts has signed it',
    async missing(version) {
      const model = await models.getModel(version.model);
      if (!model) throw new NotFoundError(`There is no model ${version.model}`);
      const { state, summary } = await proofs.prove(model, version);
      if (state === 'signed') return undefined;
      return `${summary}; sign it with 'ml sign ${version.model}@${version.version} --key <private key>'`;
    },
  };
}
