import { Fragment } from 'react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import type { PolicyKey } from '@ml-platform/plugin-ml-common';
import { type PolicyField, policyFields } from '../../lib/policyFields';
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

function renderValue(name: PolicyKey, { kind, value }: PolicyField) {
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
  if (kind !== 'json') return String(value);
  if (items) return items.map(item => JSON.stringify(item)).join('\n');
  return Object.keys(value as object).length
    ? JSON.stringify(value)
    : texts.policy.nothing;
}
