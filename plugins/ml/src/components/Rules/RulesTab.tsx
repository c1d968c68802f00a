import { Flex } from '@backstage/ui';
import { useModelName } from '../../hooks/useModelName';
import { AliasRules } from './AliasRules';
import { RetentionRules } from './RetentionRules';
import { SizeRules } from './SizeRules';

/** Tab of the entity page: what holds for this model alone. */
export function RulesTab() {
  const model = useModelName();
  return (
    <Flex direction="column" gap="4">
      <RetentionRules model={model} />
      <AliasRules model={model} />
      <SizeRules model={model} />
    </Flex>
  );
}
