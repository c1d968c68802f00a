import { Flex } from '@backstage/ui';
import { useModelName } from '../../hooks/useModelName';
import { useSearchParameter } from '../../hooks/useSearchParameter';
import { EnvironmentsCard } from '../Environments';
import { ExperimentsCard } from '../Experiments';
import { ReleaseDetails } from './ReleaseDetails';
import { ReleaseHistory } from './ReleaseHistory';

/** Tab of the entity page: what is live now, and how it came to be. */
export function DeploymentsTab() {
  const name = useModelName();
  const [open, setOpen] = useSearchParameter('release');
  return (
    <Flex direction="column" gap="4">
      <EnvironmentsCard />
      <ExperimentsCard model={name} />
      <ReleaseHistory model={name} onOpen={setOpen} />
      {open && <ReleaseDetails id={open} onClose={() => setOpen(undefined)} />}
    </Flex>
  );
}
