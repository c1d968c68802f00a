import { Text } from '@backstage/ui';
import type { FreezeWindow } from '@ml-platform/plugin-ml-common';
import type { PolicyProblems } from '../../../lib/policyPlaces';
import { texts } from '../../../texts';
import classes from '../Policy.module.css';
import { AddRow } from './AddRow';
import { FreezeFields } from './FreezeFields';
import { useRows } from './useRows';

/** Times in which nothing is deployed. */
export function FreezesField(props: {
  value: FreezeWindow[];
  problems: PolicyProblems;
  onChange: (freezes: FreezeWindow[]) => void;
}) {
  const { onChange, problems, value } = props;
  const say = texts.policy.freezes;
  const { addButton, change, insert, remove, rows } = useRows(value, onChange);
  return (
    <section className={classes.group} aria-label={say.title}>
      {rows.length === 0 && (
        <Text as="p" color="secondary">
          {say.none}
        </Text>
      )}
      {rows.map(({ index, key, row }) => (
        <FreezeFields
          key={key}
          index={index}
          value={row}
          problems={problems}
          onChange={window => change(index, window)}
          onRemove={() => remove(index)}
        />
      ))}
      <AddRow
        ref={addButton}
        label={say.add}
        onPress={() =>
          insert(rows.length, { reason: '', environments: ['production'] })
        }
      />
    </section>
  );
}
