import { type FormEvent, useState } from 'react';
import { Button, Checkbox, Select, TextField } from '@backstage/ui';
import {
  AUDIT_OUTCOMES,
  type AuditFilter,
  type AuditOutcome,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import classes from './Audit.module.css';

const ANY = 'any';
/** Of everybody who is signed in, every few minutes: among them, little else can be found. */
export const RENEWALS = 'session.refresh';

/** What is searched for; nothing happens until it is asked for. */
export function AuditFilters(props: {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}) {
  const { filter, onChange } = props;
  const say = texts.audit.filters;
  const [draft, setDraft] = useState(filter);
  const { without, ...narrowed } = filter;
  const isFiltered = Object.values(narrowed).some(Boolean);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onChange(draft);
  };
  return (
    <form className={classes.filters} onSubmit={submit}>
      {(['actor', 'action', 'resource'] as const).map(name => (
        <TextField
          key={name}
          label={say[name]}
          size="small"
          value={draft[name] ?? ''}
          onChange={value => setDraft({ ...draft, [name]: value || undefined })}
        />
      ))}
      <Select
        label={say.outcome}
        size="small"
        options={[
          { value: ANY, label: say.anyOutcome },
          ...AUDIT_OUTCOMES.map(value => ({
            value,
            label: texts.audit.outcomes[value],
          })),
        ]}
        selectedKey={draft.outcome ?? ANY}
        onSelectionChange={key =>
          setDraft({
            ...draft,
            outcome: key === ANY ? undefined : (key as AuditOutcome),
          })
        }
      />
      <TextField
        label={say.since}
        size="small"
        type="text"
        placeholder="2026-11-01"
        value={draft.since?.slice(0, 10) ?? ''}
        onChange={day =>
          setDraft({ ...draft, since: day ? toMoment(day) : undefined })
        }
      />
      <Checkbox
        className={classes.renewals}
        isSelected={without !== RENEWALS}
        onChange={shown =>
          onChange({ ...draft, without: shown ? undefined : RENEWALS })
        }
      >
        {say.renewals}
      </Checkbox>
      <Button type="submit" size="small" variant="primary">
        {say.apply}
      </Button>
      {isFiltered && (
        <Button
          size="small"
          variant="secondary"
          onPress={() => onChange({ without })}
        >
          {say.clear}
        </Button>
      )}
    </form>
  );
}

/** A whole day as a moment; what is no day yet stays as it was typed, and the server says so. */
function toMoment(day: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(day) ? `${day}T00:00:00Z` : day;
}
