import { useApi } from '@backstage/core-plugin-api';
import {
  type FieldExtensionComponentProps,
  scaffolderApiRef,
} from '@backstage/plugin-scaffolder-react';
import { Alert, Radio, RadioGroup } from '@backstage/ui';
import TextField from '@material-ui/core/TextField';
import { useEffect, useId } from 'react';
import useAsync from 'react-use/esm/useAsync';
import { messageOf } from '../lib/errors';
import { texts } from '../texts';
import {
  fromRepoUrl,
  placesOf,
  type RemoteRepository,
  type RepositoryTarget,
  toRepoUrl,
} from './repositoryTarget';

const HOSTS = { github: 'github.com', gitlab: 'gitlab.com' };

/** Where the repository goes: only places that this portal can reach are offered. */
export function RepositoryField(
  props: FieldExtensionComponentProps<RepositoryTarget>,
) {
  const { formContext, formData, onChange } = props;
  const scaffolder = useApi(scaffolderApiRef);
  const actions = useAsync(() => scaffolder.listActions(), [scaffolder]);
  const places = placesOf((actions.value ?? []).map(({ id }) => id));
  const [first] = places;
  const kind = formData?.kind;
  const name = String(formContext?.formData?.name ?? '');

  useEffect(() => {
    if (!kind && first) onChange(targetOf(first, name));
  }, [first, kind, name, onChange]);

  if (actions.error) {
    return <Alert status="danger" icon title={messageOf(actions.error)} />;
  }
  if (actions.loading) return <p role="status">…</p>;
  if (!first)
    return <Alert status="warning" icon title={texts.wizard.noTarget} />;
  return (
    <>
      <RadioGroup
        label={texts.wizard.where}
        value={kind ?? first}
        onChange={value =>
          onChange(targetOf(value as RepositoryTarget['kind'], name))
        }
      >
        {places.map(place => (
          <Radio key={place} value={place}>
            {texts.wizard[place]}
          </Radio>
        ))}
      </RadioGroup>
      {kind === 'portal' && <p>{texts.wizard.portalHint}</p>}
      {kind && kind !== 'portal' && (
        <RemoteFields
          kind={kind}
          value={fromRepoUrl(formData?.repoUrl)}
          onChange={value => onChange({ kind, repoUrl: toRepoUrl(value) })}
        />
      )}
    </>
  );
}

function targetOf(
  kind: RepositoryTarget['kind'],
  repo: string,
): RepositoryTarget {
  if (kind === 'portal') return { kind };
  return { kind, repoUrl: toRepoUrl({ host: HOSTS[kind], owner: '', repo }) };
}

function RemoteFields(props: {
  kind: 'github' | 'gitlab';
  value: RemoteRepository;
  onChange: (value: RemoteRepository) => void;
}) {
  const { kind, onChange, value } = props;
  // Material UI ties a label to its field by an id only.
  const id = useId();
  return (
    <>
      <TextField
        id={`${id}-host`}
        label={texts.wizard.host}
        required
        fullWidth
        margin="normal"
        value={value.host}
        onChange={event => onChange({ ...value, host: event.target.value })}
      />
      <TextField
        id={`${id}-owner`}
        label={texts.wizard.ownerOf[kind]}
        required
        fullWidth
        margin="normal"
        value={value.owner}
        onChange={event => onChange({ ...value, owner: event.target.value })}
      />
      <TextField
        id={`${id}-repo`}
        label={texts.wizard.repository}
        required
        fullWidth
        margin="normal"
        value={value.repo}
        onChange={event => onChange({ ...value, repo: event.target.value })}
      />
    </>
  );
}
