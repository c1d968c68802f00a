import { Fragment } from 'react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PolicyKey } from '@ml-platform/plugin-ml-common';
import { type PolicyField, policyFields } from '../../lib/policyFields';
import { formatBytes } from '../../lib/format';
import { formatDuration } from '../../lib/time';
import { texts } from '../../texts';
import classes from './Policy.module.css';

/** Each place of a policy, with what holds there. */
export function PolicyValues(props: { name: PolicyKey; value: unknown }) {
  const { name, value } = props;
  return (
    <dl className={classes.values}>
      {policyFields(value).map(field => (
        <div key={field.path.join('.')} style={{ display: 'contents' }}>
          <dt>{field.path.join('.') || texts.policy.names[name]}</dt>
          <dd>{renderValue(name, field)}</dd>
        </div>
      ))}
    </dl>
  );
}

function renderValue(name: PolicyKey, { kind, path, value }: PolicyField) {
  const items = Array.isArray(value) ? value : undefined;
  if (items && !items.length) {
    return name === 'roles' ? texts.policy.nobody : texts.policy.nothing;
  }
  if (name === 'roles' && items) {
    return items.map((ref: string, index) => (
      <Fragment key={ref}>
        {index > 0 && ', '}
        <EntityRefLink entityRef={ref} hideIcon />
      </Fragment>
    ));
  }
  if (kind === 'lines') return items!.join(', ');
  if (kind !== 'json') return withUnit(path.at(-1), value);
  if (items) return items.map(item => describe(item)).join('\n');
  return describe(value) || texts.policy.nothing;
}

/** `weight 5, holdMs 5000 (5.0 s)` */
function describe(value: unknown): string {
  if (Array.isArray(value)) return value.map(item => describe(item)).join(' ');
  if (typeof value !== 'object' || value === null) return String(value);
  return Object.entries(value)
    .map(([key, inner]) =>
      typeof inner === 'object'
        ? `${key} ${describe(inner)}`
        : `${key} ${withUnit(key, inner)}`,
    )
    .join(', ');
}

/** A number as it is changed, and as people read it. */
function withUnit(key: string | undefined, value: unknown): string {
  if (typeof value !== 'number') return String(value);
  if (key?.endsWith('Ms')) return `${value} (${formatDuration(value)})`;
  if (key?.endsWith('Bytes')) return `${value} (${formatBytes(value)})`;
  return String(value);
}
