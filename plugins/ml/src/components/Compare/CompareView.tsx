import { useMemo, useState } from 'react';
import { Button, Flex, Switch, Text } from '@backstage/ui';
import { RiArrowLeftLine, RiEqualLine } from '@remixicon/react';
import {
  compareVersions,
  onlyDifferences,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { LoadingState, QueryView, StateMessage } from '../states';
import { CompareTable } from './CompareTable';

/** Two to four versions of a model, side by side. */
export function CompareView(props: {
  model: string;
  versions: string[];
  onClose: () => void;
}) {
  const { model, versions, onClose } = props;
  const query = useMlQuery({
    key: `compare:${model}@${versions.join()}`,
    load: api =>
      Promise.all(versions.map(version => api.getVersion(model, version))),
    concerns: signal => signal.model === model,
  });
  return (
    <Flex direction="column" gap="4">
      <div>
        <Button
          variant="secondary"
          size="small"
          iconStart={<RiArrowLeftLine />}
          onPress={onClose}
        >
          {texts.compare.back}
        </Button>
      </div>
      <QueryView query={query} loading={<LoadingState lines={10} />}>
        {loaded => <Comparison versions={loaded} />}
      </QueryView>
    </Flex>
  );
}

function Comparison(props: { versions: Version[] }) {
  const { versions } = props;
  const [differencesOnly, setDifferencesOnly] = useState(true);
  const comparison = useMemo(() => {
    const all = compareVersions(versions);
    return differencesOnly ? onlyDifferences(all) : all;
  }, [versions, differencesOnly]);
  return (
    <>
      <Switch
        label={texts.compare.differencesOnly}
        isSelected={differencesOnly}
        onChange={setDifferencesOnly}
      />
      {comparison.sections.length === 0 ? (
        <StateMessage
          kind="empty"
          icon={<RiEqualLine />}
          title={texts.compare.sameTitle}
        >
          <Text as="p" color="secondary">
            {texts.compare.same}
          </Text>
        </StateMessage>
      ) : (
        <CompareTable comparison={comparison} mark={!differencesOnly} />
      )}
    </>
  );
}
