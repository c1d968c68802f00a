import { screen } from '@testing-library/react';
import type { VersionProof } from '@ml-platform/plugin-ml-common';
import {
  proofsMock,
  broken,
  mlApiMock,
  renderWithMl,
} from '../../__testUtils__/renderWithMl';
import { VersionsTab } from './VersionsTab';

const aProof = (changes: Partial<VersionProof> = {}): VersionProof => ({
  model: 'wine-classifier',
  version: '1.1.0',
  digest: `sha256:${'1'.repeat(64)}`,
  repository: 'models/wine-classifier',
  state: 'unsigned',
  summary: 'it is not signed',
  requiredForProduction: false,
  signatures: [],
  attestations: [],
  others: [],
  ...changes,
});
const open = (get: () => Promise<VersionProof>) =>
  renderWithMl(<VersionsTab />, {
    path: '/?version=1.1.0',
    api: mlApiMock({ proofs: proofsMock({ get }) }),
  });

describe('the proof of a version', () => {
  it('says who signed it, and how to check that', async () => {
    const signer = {
      method: 'key' as const,
      name: 'the team',
      fingerprint: 'ab'.repeat(32),
    };
    open(async () =>
      aProof({
        state: 'signed',
        signer,
        requiredForProduction: true,
        signatures: [
          {
            digest: `sha256:${'2'.repeat(64)}`,
            bundleDigest: `sha256:${'3'.repeat(64)}`,
            state: 'valid',
            signer,
          },
        ],
      }),
    );
    expect(await screen.findByText('Signed by the team')).toBeInTheDocument();
    expect(
      screen.getByRole('row', { name: /Signature holds the team/ }),
    ).toBeInTheDocument();
    expect(
      screen.getByText('ml verify wine-classifier@1.1.0'),
    ).toBeInTheDocument();
    expect(
      screen.getByText('Production takes signed versions of this model only.'),
    ).toBeInTheDocument();
  });

  it('tells a signature that does not verify, and none', async () => {
    open(async () =>
      aProof({
        state: 'invalid',
        signatures: [
          {
            digest: `sha256:${'2'.repeat(64)}`,
            bundleDigest: '',
            state: 'invalid',
            problem: { code: 'FILES_DIFFER', message: 'card.yaml was changed' },
          },
        ],
      }),
    );
    expect(
      await screen.findByText('Signature does not verify'),
    ).toBeInTheDocument();
    expect(screen.getByText('card.yaml was changed')).toBeInTheDocument();
  });

  it('says how to sign what is unsigned', async () => {
    open(async () => aProof());
    expect(await screen.findByText('Unsigned')).toBeInTheDocument();
    expect(
      screen.getByText('ml sign wine-classifier@1.1.0 --key <private key>'),
    ).toBeInTheDocument();
  });

  it('says when it cannot be told', async () => {
    open(broken);
    expect(
      await screen.findByText(/The database is on holiday/),
    ).toBeInTheDocument();
  });
});
