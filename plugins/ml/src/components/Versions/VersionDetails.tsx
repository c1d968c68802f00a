import { Flex, Text } from '@backstage/ui';
import type { Version } from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { formatBytes } from '../../lib/format';
import { texts } from '../../texts';
import { EvaluationSection } from '../Evaluations';
import { VersionFiles } from '../Files';
import { InterfaceTable, ModelCardView, Section } from '../ModelCard';
import {
  Actor,
  CodeBlock,
  RelativeTime,
  SidePanel,
  VersionChips,
} from '../shared';
import { QueryView } from '../states';
import { AliasHistory } from './AliasHistory';
import { BomButton } from './BomButton';
import { FormatFacts } from './FormatFacts';
import { ProofSection } from './ProofSection';

/** Everything about one version, beside the table. */
export function VersionDetails(props: {
  model: string;
  version: string;
  onClose: () => void;
}) {
  const { model, version, onClose } = props;
  const query = useMlQuery({
    key: `version:${model}@${version}`,
    load: api => api.getVersion(model, version),
    // What it holds never changes, its state and aliases do.
    concerns: signal => signal.model === model,
  });
  return (
    <SidePanel title={texts.versions.details(version)} onClose={onClose}>
      <QueryView query={query}>{details => <Details {...details} />}</QueryView>
    </SidePanel>
  );
}

function Details(version: Version) {
  return (
    <>
      <Text as="p">{version.description}</Text>
      <Text as="p" variant="body-small" color="secondary">
        Registered <RelativeTime iso={version.createdAt} /> by{' '}
        <Actor actor={version.createdBy} /> · {version.format} ·{' '}
        {formatBytes(version.sizeBytes)}
      </Text>
      <Flex align="center" gap="2">
        <VersionChips version={version} />
      </Flex>
      {version.deprecation && (
        <Text as="p">
          {texts.versionDetails.deprecated(version.deprecation.reason)}
        </Text>
      )}
      {version.state !== 'deleted' && (
        <BomButton model={version.model} version={version.version} />
      )}
      <AliasHistory model={version.model} version={version.version} />
      <Section title="Digest">
        <CodeBlock text={version.digest} label="digest" wrap />
      </Section>
      {version.state !== 'deleted' && (
        <EvaluationSection model={version.model} version={version.version} />
      )}
      {version.state !== 'deleted' && (
        <ProofSection model={version.model} version={version.version} />
      )}
      <FormatFacts file={version.package} />
      <Section title="Interface">
        <InterfaceTable interface={version.interface} />
      </Section>
      <ModelCardView card={version.card} />
      <VersionFiles version={version} />
    </>
  );
}
