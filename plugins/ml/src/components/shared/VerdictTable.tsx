import { Text } from '@backstage/ui';
import type { ArmCounts, Verdict } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import classes from './shared.module.css';

/** What the judge counted on each arm, and how strong the evidence is. */
export function VerdictTable(props: {
  verdict: Verdict;
  canary: string;
  stable: string;
}) {
  const { verdict, canary, stable } = props;
  return (
    <>
      <table className={classes.verdict}>
        <thead>
          <tr>
            {texts.canary.columns.map(column => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Arm
            name={`${texts.canary.arm.canary} ${canary}`}
            counts={verdict.canary}
          />
          {verdict.stable && (
            <Arm
              name={`${texts.canary.arm.stable} ${stable}`}
              counts={verdict.stable}
            />
          )}
        </tbody>
      </table>
      <Text as="p" variant="body-small" color="secondary">
        {texts.canary.evidence(verdict)}.
      </Text>
    </>
  );
}

function Arm(props: { name: string; counts: ArmCounts }) {
  const { bad, requests, slow } = props.counts;
  const share = (part: number) =>
    requests
      ? `${part.toLocaleString('en-US')} (${((part / requests) * 100).toFixed(
          1,
        )} %)`
      : '–';
  return (
    <tr>
      <th scope="row">{props.name}</th>
      <td>{requests.toLocaleString('en-US')}</td>
      <td>{share(bad)}</td>
      <td>{share(slow)}</td>
    </tr>
  );
}
