import { Fragment } from 'react';
import { EntityRefLink } from '@backstage/plugin-catalog-react';
import {
  type FreezeWindow,
  type PolicyKey,
  sayPolicyValue,
} from '@ml-platform/plugin-ml-common';
import { type PlaceOfPolicy, placesOf, valueAt } from '../../lib/policyPlaces';
import { texts } from '../../texts';
import { FreezesTable } from './FreezesTable';
import classes from './Policy.module.css';

/** Each place of a policy, with what holds there. */
export function PolicyValues(props: { name: PolicyKey; value: unknown }) {
  const { name, value } = props;
  if (name === 'freezes') {
    return <FreezesTable freezes={value as FreezeWindow[]} />;
  }
  return (
    <dl className={classes.values}>
      {placesOf(name, value).map(place => (
        <Place
          key={place.path}
          place={place}
          value={valueAt(value, place.keys)}
        />
      ))}
    </dl>
  );
}

function Place(props: { place: PlaceOfPolicy; value: unknown }) {
  const { place, value } = props;
  if (place.path === 'aliases.evidence') {
    const aliases = Object.entries(value as Record<string, string[]>);
    return aliases.length ? (
      aliases.map(([alias, evidence]) => (
        <Fragment key={alias}>
          <dt>{alias}</dt>
          <dd>{evidence.join(', ') || texts.policy.nothing}</dd>
        </Fragment>
      ))
    ) : (
      <>
        <dt>{place.label}</dt>
        <dd>{texts.policy.nothing}</dd>
      </>
    );
  }
  return (
    <>
      <dt>{place.label}</dt>
      <dd>
        {place.path.startsWith('roles.') ? (
          <Members refs={value as string[]} />
        ) : (
          sayPolicyValue(place.path, value)
        )}
      </dd>
    </>
  );
}

function Members({ refs }: { refs: string[] }) {
  if (!refs.length) return <>{texts.policy.nobody}</>;
  return (
    <>
      {refs.map((ref, index) => (
        <Fragment key={ref}>
          {index > 0 && ', '}
          <EntityRefLink entityRef={ref} hideIcon />
        </Fragment>
      ))}
    </>
  );
}
