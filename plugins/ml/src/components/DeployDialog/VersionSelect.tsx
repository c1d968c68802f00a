import { Select, SelectItemText } from '@backstage/ui';
import type { Environment, Version } from '@ml-platform/plugin-ml-common';
import type { ReleaseActions } from '../../lib/actions';
import { formatAbsolute } from '../../lib/time';

/** Choice of a version; the ones that cannot be deployed say why. */
export function VersionSelect(props: {
  versions: Version[];
  environment: Environment;
  actions: ReleaseActions;
  value: string | undefined;
  onChange: (version: string) => void;
}) {
  const { versions, actions, environment, value, onChange } = props;
  const items = versions.map(version => {
    const state = actions.deployVersion(version.version, version.state);
    return {
      id: version.version,
      description: state.enabled
        ? `Registered ${formatAbsolute(version.createdAt)}`
        : state.reason,
      disabled: !state.enabled,
    };
  });
  return (
    <Select
      // The list keeps what it drew; another environment has other reasons.
      key={environment}
      label="Version"
      placeholder="Choose a version"
      items={items}
      disabledKeys={items.filter(item => item.disabled).map(item => item.id)}
      value={value ?? null}
      onChange={key => key !== null && onChange(String(key))}
      search={items.length > 8 ? true : undefined}
    >
      {item => (
        <SelectItemText
          id={item.id}
          title={item.id}
          description={item.description}
        />
      )}
    </Select>
  );
}
