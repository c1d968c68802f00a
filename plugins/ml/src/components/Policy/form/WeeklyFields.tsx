import { Select } from '@backstage/ui';
import type { FreezeWindow } from '@ml-platform/plugin-ml-common';
import { texts } from '../../../texts';
import { DayField } from '../../Lifecycle';
import classes from '../Policy.module.css';
import { Problem } from './Problem';

type Weekly = NonNullable<FreezeWindow['weekly']>;

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone')].map(zone => ({
  value: zone,
  label: zone,
}));

/** The same time each week, in a time zone. */
export function WeeklyFields(props: {
  value: Weekly;
  problem?: string;
  onChange: (weekly: Weekly) => void;
}) {
  const { onChange, problem, value } = props;
  const say = texts.policy.freezes;
  return (
    <>
      {(['from', 'to'] as const).map(end => {
        const [day, time] = value[end].split(' ');
        return (
          <div key={end} className={classes.columns}>
            <Select
              label={say.weekday[end]}
              options={Object.entries(say.weekdays).map(([id, label]) => ({
                value: id,
                label,
              }))}
              value={day}
              onChange={key => onChange({ ...value, [end]: `${key} ${time}` })}
            />
            <DayField
              type="time"
              label={say.time[end]}
              value={time ?? ''}
              problem={time ? undefined : say.noTime}
              onChange={text => onChange({ ...value, [end]: `${day} ${text}` })}
            />
          </div>
        );
      })}
      <Select
        label={say.zone}
        searchable
        searchPlaceholder={say.zoneSearch}
        options={ZONES}
        value={value.timeZone ?? 'UTC'}
        onChange={key => onChange({ ...value, timeZone: String(key) })}
      />
      {isWhole(value) && <Problem text={problem} />}
    </>
  );
}

/** What lacks a time says so beside its own field. */
function isWhole({ from, to }: Weekly): boolean {
  return [from, to].every(end => end.split(' ')[1]);
}
