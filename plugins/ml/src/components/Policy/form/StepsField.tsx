import { Text } from '@backstage/ui';
import type { RolloutSettings } from '@ml-platform/plugin-ml-common';
import { type PolicyProblems, problemAt } from '../../../lib/policyPlaces';
import { texts } from '../../../texts';
import classes from '../Policy.module.css';
import { AddRow } from './AddRow';
import { Problem } from './Problem';
import { RowGroup } from './RowGroup';
import { UnitField } from './UnitField';
import { useRows } from './useRows';

type Step = RolloutSettings['steps'][number];

/** The steps of a canary: a rising share of the requests, and for how long. */
export function StepsField(props: {
  label: string;
  help?: string;
  value: Step[];
  problems: PolicyProblems;
  onChange: (steps: Step[]) => void;
}) {
  const { help, label, onChange, problems, value } = props;
  const say = texts.policy.steps;
  const { addButton, change, insert, remove, rows } = useRows(value, onChange);
  return (
    <section className={classes.group} aria-label={label}>
      <Text as="h3" weight="bold">
        {label}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {help}
      </Text>
      {rows.map(({ index, key, row }) => (
        <RowGroup
          key={key}
          title={say.step(index + 1)}
          onRemove={rows.length > 1 ? () => remove(index) : undefined}
        >
          <div className={classes.columns}>
            <UnitField
              label={say.weight}
              unit="percent"
              value={row.weight}
              problem={problemAt(problems, 'steps', index, 'weight')}
              onChange={weight => change(index, { ...row, weight } as Step)}
            />
            <UnitField
              label={say.hold}
              unit="duration"
              value={row.holdMs}
              problem={problemAt(problems, 'steps', index, 'holdMs')}
              onChange={holdMs => change(index, { ...row, holdMs } as Step)}
            />
          </div>
        </RowGroup>
      ))}
      <Problem text={problems.steps} />
      <AddRow
        ref={addButton}
        label={say.add}
        onPress={() => insert(rows.length - 1, between(value))}
      />
    </section>
  );
}

/** A step before the last one, half way from the one before. */
function between(steps: Step[]): Step {
  const last = steps[steps.length - 1];
  const before = steps[steps.length - 2]?.weight ?? 0;
  return {
    weight: Math.round(((before || 0) + (last.weight || 100)) / 2),
    holdMs: last.holdMs,
  };
}
