import { Text, TextField } from '@backstage/ui';
import { useMlQuery } from '../../../hooks/useMlQuery';
import { type PolicyProblems, problemAt } from '../../../lib/policyPlaces';
import { texts } from '../../../texts';
import { EvidenceKinds } from '../../Rules';
import { QueryView } from '../../states';
import classes from '../Policy.module.css';
import { AddRow } from './AddRow';
import { LinesField } from './LinesField';
import { RowGroup } from './RowGroup';
import { says } from '../../../lib/says';
import { useRows } from './useRows';

type Evidence = Record<string, string[]>;

/** What a version needs before an alias of a name may point at it. */
export function EvidenceField(props: {
  label: string;
  value: Evidence;
  problems: PolicyProblems;
  onChange: (evidence: Evidence) => void;
}) {
  const { label, onChange, problems, value } = props;
  const say = texts.policy.evidence;
  const query = useMlQuery({
    key: 'evidence-kinds',
    load: api => api.aliases.evidenceKinds(),
  });
  const { addButton, change, insert, remove, rows } = useRows(
    Object.entries(value),
    entries => onChange(Object.fromEntries(entries)),
  );
  return (
    <section className={classes.group} aria-label={label}>
      <Text as="h3" weight="bold">
        {label}
      </Text>
      {rows.map(({ index, key, row: [alias, evidence] }) => (
        <RowGroup
          key={key}
          title={alias ? say.alias(alias) : say.newAlias}
          onRemove={() => remove(index)}
        >
          <TextField
            {...says(alias ? undefined : say.noName)}
            label={say.name}
            value={alias}
            onChange={name => {
              // Two of a name would become one, and what was written be lost.
              if (name === alias || !(name in value)) {
                change(index, [name, evidence]);
              }
            }}
          />
          <LinesField
            label={say.needs}
            help={texts.policy.lines}
            value={evidence}
            problem={problemAt(problems, 'evidence', alias)}
            onChange={lines => change(index, [alias, lines])}
          />
        </RowGroup>
      ))}
      <AddRow
        ref={addButton}
        label={say.add}
        isDisabled={'' in value}
        onPress={() => insert(rows.length, ['', []])}
      />
      <QueryView query={query}>
        {({ items }) => <EvidenceKinds kinds={items} />}
      </QueryView>
    </section>
  );
}
