import { useState } from 'react';
import { Checkbox, CheckboxGroup, Select } from '@backstage/ui';
import type {
  FreezeWindow,
  PolicyKey,
  RolloutSettings,
} from '@ml-platform/plugin-ml-common';
import {
  type PlaceOfPolicy,
  placesOf,
  type PolicyProblems,
  problemAt,
  followSteps,
  valueAt,
  withValueAt,
} from '../../../lib/policyPlaces';
import { texts } from '../../../texts';
import classes from '../Policy.module.css';
import { EvidenceField } from './EvidenceField';
import { FreezesField } from './FreezesField';
import { LinesField } from './LinesField';
import { says } from '../../../lib/says';
import { StepsField } from './StepsField';
import { UnitField } from './UnitField';

/** A field for each place of a policy. */
export function PolicyForm(props: {
  name: PolicyKey;
  value: unknown;
  problems: PolicyProblems;
  onChange: (value: unknown) => void;
}) {
  const { name, onChange, problems, value } = props;
  // Those there were: what cannot be read for the moment keeps its field.
  const [places] = useState(() => placesOf(name, value));
  return (
    <div className={classes.form}>
      {places.map(place => (
        <PlaceField
          key={place.path}
          place={place}
          value={valueAt(value, place.keys)}
          problems={problems}
          onChange={changed =>
            onChange(
              followSteps(place, withValueAt(value, place.keys, changed)),
            )
          }
        />
      ))}
    </div>
  );
}

/** The control that fits what stands at a place. */
function PlaceField(props: {
  place: PlaceOfPolicy;
  value: unknown;
  problems: PolicyProblems;
  onChange: (value: unknown) => void;
}) {
  const { onChange, place, problems, value } = props;
  const { choices, help, keys, label, path, unit } = place;
  const problem = problemAt(problems, ...keys);
  if (path === 'freezes') {
    return (
      <FreezesField
        value={value as FreezeWindow[]}
        {...{ problems, onChange }}
      />
    );
  }
  if (path === 'canary.steps') {
    return (
      <StepsField
        value={value as RolloutSettings['steps']}
        {...{ label, help, problems, onChange }}
      />
    );
  }
  if (path === 'aliases.evidence') {
    return (
      <EvidenceField
        value={value as Record<string, string[]>}
        {...{ label, problems, onChange }}
      />
    );
  }
  if (unit) {
    return (
      <UnitField
        value={value as number}
        {...{ label, help, unit, problem, onChange }}
      />
    );
  }
  if (choices && Array.isArray(value)) {
    return (
      <CheckboxGroup
        {...says(problem)}
        label={label}
        value={value}
        onChange={onChange}
      >
        {Object.entries(choices).map(([id, name]) => (
          <Checkbox key={id} value={id}>
            {name}
          </Checkbox>
        ))}
      </CheckboxGroup>
    );
  }
  if (choices) {
    return (
      <Select
        label={label}
        description={help}
        options={Object.entries(choices).map(([id, name]) => ({
          value: id,
          label: name,
        }))}
        value={value as string}
        onChange={key => key && onChange(String(key))}
      />
    );
  }
  if (typeof value === 'boolean') {
    return (
      <Checkbox isSelected={value} onChange={onChange}>
        {label}
      </Checkbox>
    );
  }
  return (
    <LinesField
      label={label}
      help={texts.policy.refs}
      value={value as string[]}
      {...{ problem, onChange }}
    />
  );
}
