import { Text } from '@backstage/ui';
import type { MirrorReport } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';

/** How a shadow's answers compare with the live version's, output by output. */
export function MirrorTable(props: { report: MirrorReport }) {
  const { latencyMs, outputs } = props.report;
  const [name, ...columns] = texts.shadow.columns;
  return (
    <>
      <Text as="p" variant="body-small">
        {texts.shadow.found(props.report)}
      </Text>
      {latencyMs && (
        <Text as="p" variant="body-small">
          {texts.shadow.latency(latencyMs)}
        </Text>
      )}
      {Object.keys(outputs).length > 0 && (
        <table aria-label={texts.shadow.caption}>
          <thead>
            <tr>
              <th scope="col">{name}</th>
              {columns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Object.entries(outputs).map(([output, found]) => (
              <tr key={output}>
                <th scope="row">{output}</th>
                <td>{found.elements.toLocaleString('en-US')}</td>
                <td>{found.differing.toLocaleString('en-US')}</td>
                <td>
                  {found.maxDifference === undefined
                    ? texts.shadow.none
                    : Number(found.maxDifference.toPrecision(3))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </>
  );
}
