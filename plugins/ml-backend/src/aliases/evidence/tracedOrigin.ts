import type { EvidenceKind } from './EvidenceKind';

/** The package tells which code and which data the version was made from. */
export const tracedOrigin: EvidenceKind = {
  name: 'lineage',
  description:
    'its package names the code (by commit or digest) and the data it was made from',
  async missing({ package: { lineage } }) {
    const lacks = [
      !lineage?.code?.commit &&
        !lineage?.code?.digest &&
        'the commit or the digest of its code',
      !lineage?.datasets?.some(({ role }) => role === 'training') &&
        'its training data',
    ].filter(Boolean);
    return lacks.length
      ? `its package does not name ${lacks.join(' and ')}`
      : undefined;
  },
};
