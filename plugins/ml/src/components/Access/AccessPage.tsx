import { useSearchParams } from 'react-router-dom';
import {
  Container,
  Flex,
  Text,
  ToggleButton,
  ToggleButtonGroup,
} from '@backstage/ui';
import { usePermission } from '@backstage/plugin-permission-react';
import { mlAccessReviewPermission } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { AccountsView } from './AccountsView';
import { GrantsView } from './GrantsView';
import { ReviewView } from './ReviewView';

const VIEWS = ['grants', 'accounts', 'review'] as const;

/** `/ml/access`: grants, service accounts, and who had which access in a period. */
export function AccessPage() {
  const say = texts.access;
  const [parameters, setParameters] = useSearchParams();
  const { allowed: mayReview } = usePermission({
    permission: mlAccessReviewPermission,
  });
  const view = VIEWS.find(name => name === parameters.get('view')) ?? 'grants';
  return (
    <Container>
      <Flex direction="column" gap="4" mt="4" mb="6">
        <ToggleButtonGroup
          aria-label={say.views}
          selectionMode="single"
          disallowEmptySelection
          selectedKeys={[view]}
          onSelectionChange={keys => {
            const [key] = [...keys];
            // Another view has pages and filters of its own.
            setParameters(key === 'grants' ? {} : { view: String(key) });
          }}
        >
          {VIEWS.filter(name => name !== 'review' || mayReview).map(name => (
            <ToggleButton key={name} id={name}>
              {say.view[name]}
            </ToggleButton>
          ))}
        </ToggleButtonGroup>
        <Text as="p" color="secondary">
          {say[view].intro}
        </Text>
        {view === 'grants' && <GrantsView />}
        {view === 'accounts' && <AccountsView />}
        {view === 'review' && <ReviewView />}
      </Flex>
    </Container>
  );
}
