import { Text } from '@backstage/ui';
import {
  type FreezeWindow,
  sayEntityRef,
  sayFreezeTime,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { ScrollRegion } from '../shared';
import policyClasses from './Policy.module.css';
import classes from '../shared/shared.module.css';

/** Times in which nothing is deployed: why, where, for whom and when. */
export function FreezesTable({ freezes }: { freezes: FreezeWindow[] }) {
  const say = texts.policy.freezes;
  if (!freezes.length) return <Text as="p">{say.none}</Text>;
  return (
    <ScrollRegion label={say.title} className={policyClasses.scroll}>
      <table className={classes.plainTable}>
        <thead>
          <tr>
            {say.columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {freezes.map((freeze, index) => (
            <tr key={index}>
              <td>{freeze.reason}</td>
              <td>
                {freeze.environments
                  ?.map(environment => texts.environment[environment])
                  .join(', ') ?? say.everywhere}
              </td>
              <td>{freeze.teams?.map(sayEntityRef).join(', ') ?? say.all}</td>
              <td>{sayFreezeTime(freeze)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
