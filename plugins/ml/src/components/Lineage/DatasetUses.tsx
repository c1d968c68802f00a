import { Text } from '@backstage/ui';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { Section } from '../ModelCard';
import { QueryView } from '../states';
import classes from './Lineage.module.css';
import { VersionLink } from './VersionLink';

const SHOWN = 20;

/** Which versions were made with a dataset. */
export function DatasetUses(props: { dataset: string }) {
  const { dataset } = props;
  const query = useMlQuery({
    key: `uses:${dataset}`,
    load: api => api.lineage.listDatasetUses(dataset, { limit: SHOWN }),
  });
  return (
    <Section title={texts.lineage.usedBy}>
      <QueryView query={query}>
        {page => (
          <>
            <ul className={classes.uses}>
              {page.items.map(use => (
                <li key={`${use.model}@${use.version} ${use.role}`}>
                  <VersionLink {...use} />{' '}
                  <Text color="secondary">
                    {texts.lineage.relation[use.role]}
                  </Text>
                </li>
              ))}
            </ul>
            {page.nextCursor && (
              <Text as="p" color="secondary">
                {texts.lineage.moreUses}
              </Text>
            )}
          </>
        )}
      </QueryView>
    </Section>
  );
}
