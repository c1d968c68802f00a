import type { VersionComparison } from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { ComparedValue } from './ComparedValue';
import { ScrollRegion } from '../shared';
import classes from './Compare.module.css';

/** Versions side by side. */
export function CompareTable(props: {
  comparison: VersionComparison;
  /** Mark the rows that differ; needless when all of them do. */
  mark: boolean;
}) {
  const { comparison, mark } = props;
  const { sections, versions } = comparison;
  return (
    <ScrollRegion className={classes.scroll} label={texts.compare.region}>
      <table className={classes.table}>
        <thead>
          <tr>
            <td />
            {versions.map(({ version }) => (
              <th key={version} scope="col">
                {version}
              </th>
            ))}
          </tr>
        </thead>
        {sections.map(section => (
          <tbody key={section.name}>
            <tr>
              <th scope="rowgroup" colSpan={versions.length + 1}>
                {texts.compare.sections[section.name]}
              </th>
            </tr>
            {section.rows.map(row => (
              <tr
                key={row.name}
                data-differs={(mark && row.differs) || undefined}
              >
                <th scope="row">{row.name}</th>
                {versions.map(({ version }, column) => (
                  <td key={version}>
                    <ComparedValue value={row.values[column]} kind={row.kind} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        ))}
      </table>
    </ScrollRegion>
  );
}
