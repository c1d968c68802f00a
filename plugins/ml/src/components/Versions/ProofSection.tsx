import { Alert, Text } from '@backstage/ui';
import type { VersionProof } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { shortDigest } from '../../lib/format';
import { proofTexts } from '../../proofTexts';
import { Section } from '../ModelCard';
import { CodeBlock } from '../shared';
import { QueryView } from '../states';
import shared from '../shared/shared.module.css';

const STATUS = {
  signed: 'success',
  untrusted: 'warning',
  invalid: 'danger',
  unsigned: 'info',
} as const;

/** Who signed a version, what else is attested of it, and how to check that. */
export function ProofSection(props: { model: string; version: string }) {
  const { model, version } = props;
  const query = useMlQuery({
    key: `proof:${model}@${version}`,
    load: api => api.proofs.get(model, version),
    concerns: signal => signal.model === model,
  });
  return (
    <Section title={proofTexts.title}>
      <QueryView query={query}>{proof => <Proof {...proof} />}</QueryView>
    </Section>
  );
}

function Proof(proof: VersionProof) {
  const { attestations, model, signatures, signer, state, version } = proof;
  const reports = [...signatures, ...attestations];
  const problem = signatures.find(each => each.problem)?.problem?.message;
  return (
    <>
      <Alert
        status={STATUS[state]}
        icon
        title={
          signer ? proofTexts.signedBy(signer.name) : proofTexts.state[state]
        }
        description={signer ? signer.fingerprint : problem}
      />
      {proof.requiredForProduction && (
        <Text as="p" variant="body-small">
          {proofTexts.required}
        </Text>
      )}
      {reports.length > 0 && (
        <table className={shared.plainTable} aria-label={proofTexts.table}>
          <thead>
            <tr>
              <th scope="col">What</th>
              <th scope="col">Result</th>
              <th scope="col">By</th>
              <th scope="col">Digest</th>
            </tr>
          </thead>
          <tbody>
            {reports.map(report => (
              <tr key={report.digest}>
                <th scope="row">{proofTexts.kind(report.predicateType)}</th>
                <td title={report.problem?.message}>
                  {proofTexts.report[report.state]}
                </td>
                <td>{report.signer?.name ?? '–'}</td>
                <td>
                  <code title={report.digest}>
                    {shortDigest(report.digest)}
                  </code>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Text as="p" variant="body-small">
        {signatures.length ? proofTexts.check : proofTexts.sign}
      </Text>
      <CodeBlock
        text={
          signatures.length
            ? `ml verify ${model}@${version}`
            : `ml sign ${model}@${version} --key <private key>`
        }
        label={
          signatures.length ? 'command that verifies' : 'command that signs'
        }
        wrap
      />
    </>
  );
}
