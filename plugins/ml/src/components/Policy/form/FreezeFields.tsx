import { useState } from 'react';
import { Checkbox, CheckboxGroup, TextField } from '@backstage/ui';
import {
  ENVIRONMENTS,
  type Environment,
  type FreezeWindow,
} from '@ml-platform/plugin-ml-common';
import { type PolicyProblems, problemAt } from '../../../lib/policyPlaces';
import { texts } from '../../../texts';
import { Choice } from '../../CallIt';
import classes from '../Policy.module.css';
import { LinesField } from './LinesField';
import { MomentField } from './MomentField';
import { Problem } from './Problem';
import { RowGroup } from './RowGroup';
import { says } from '../../../lib/says';
import { WeeklyFields } from './WeeklyFields';

const HOW = ['once', 'weekly'] as const;

/** One freeze: why, where, for whom and when. */
export function FreezeFields(props: {
  index: number;
  value: FreezeWindow;
  problems: PolicyProblems;
  onChange: (window: FreezeWindow) => void;
  onRemove: () => void;
}) {
  const { index, onChange, onRemove, problems, value } = props;
  const { environments, from, reason, teams, to, weekly } = value;
  const say = texts.policy.freezes;
  const [how, setHow] = useState<(typeof HOW)[number]>(
    weekly ? 'weekly' : 'once',
  );
  const problem = (key: string) => problemAt(problems, index, key);
  return (
    <RowGroup title={say.freeze(index + 1)} onRemove={onRemove}>
      <TextField
        {...says(problem('reason'))}
        label={say.reason}
        description={say.reasonHelp}
        value={reason}
        onChange={text => onChange({ ...value, reason: text })}
        maxLength={500}
      />
      <CheckboxGroup
        {...says(problem('environments'))}
        label={say.environments}
        orientation="horizontal"
        value={environments ?? [...ENVIRONMENTS]}
        onChange={chosen =>
          onChange({ ...value, environments: chosen as Environment[] })
        }
      >
        {ENVIRONMENTS.map(environment => (
          <Checkbox key={environment} value={environment}>
            {texts.environment[environment]}
          </Checkbox>
        ))}
      </CheckboxGroup>
      <LinesField
        label={say.teams}
        help={say.teamsHelp}
        value={teams ?? []}
        problem={problem('teams')}
        onChange={lines =>
          onChange({ ...value, teams: lines.length ? lines : undefined })
        }
      />
      <Choice
        label={say.how}
        value={how}
        options={HOW.map(id => ({ id, label: say.hows[id] }))}
        onChange={chosen => {
          setHow(chosen);
          const { from: _from, to: _to, weekly: _weekly, ...rest } = value;
          onChange(
            chosen === 'weekly'
              ? { ...rest, weekly: { from: 'fri 16:00', to: 'mon 08:00' } }
              : rest,
          );
        }}
      />
      {weekly ? (
        <WeeklyFields
          value={weekly}
          problem={problem('weekly')}
          onChange={changed => onChange({ ...value, weekly: changed })}
        />
      ) : (
        <div className={classes.columns}>
          <MomentField
            label={say.from}
            value={from}
            problem={problem('from') ?? (from ? undefined : say.noMoment)}
            onChange={moment => onChange({ ...value, from: moment })}
          />
          <MomentField
            label={say.to}
            value={to}
            problem={problem('to') ?? (to ? undefined : say.noMoment)}
            onChange={moment => onChange({ ...value, to: moment })}
          />
        </div>
      )}
      {(weekly || (from && to)) && <Problem text={problems[index]} />}
    </RowGroup>
  );
}
