import {
  apiVersionOf,
  type Model,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { texts } from '../../texts';
import { RulesTable } from '../Rules';

/** More are on the tab of versions. */
const MOST_SHOWN = 10;

/** The versions that can be called or will be, and until when. */
export function CallableVersions(props: { model: Model; versions: Version[] }) {
  const { model, versions } = props;
  const say = texts.call;
  return (
    <RulesTable
      label={say.versions}
      columns={say.versionColumns}
      rows={versions
        .filter(({ state }) => state !== 'deleted')
        .slice(0, MOST_SHOWN)
        .map(({ deprecation, version }) => ({
          key: version,
          cells: [
            version,
            apiVersionOf(version),
            say.served(
              model.deployments
                .filter(entry => entry.version === version)
                .map(({ environment }) => environment),
            ),
            deprecation
              ? `${say.sunset(deprecation.sunset.slice(0, 10))}${
                  deprecation.replacement
                    ? say.replaced(deprecation.replacement)
                    : ''
                }`
              : say.noSunset,
          ],
        }))}
    />
  );
}
