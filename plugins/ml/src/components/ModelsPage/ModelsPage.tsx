import { Container, Flex, Text } from '@backstage/ui';
import { texts } from '../../texts';
import { ModelsTable } from './ModelsTable';
import { SummaryLine } from './SummaryLine';

/** `/ml`: what is live where, what is rolling out, what failed. */
export function ModelsPage() {
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <Text as="p" color="secondary">
          {texts.models.intro}
        </Text>
        <SummaryLine />
        <ModelsTable />
      </Flex>
    </Container>
  );
}
