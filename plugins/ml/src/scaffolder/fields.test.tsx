import { TestApiProvider } from '@backstage/frontend-test-utils';
import type { ComponentType } from 'react';
import {
  type FieldExtensionComponentProps,
  scaffolderApiRef,
} from '@backstage/plugin-scaffolder-react';

import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { mlApiRef } from '../api/MlApi';
import { broken } from '../__testUtils__/renderWithMl';
import { ModelNameField } from './ModelNameField';
import { RepositoryField } from './RepositoryField';
import type { RepositoryTarget } from './repositoryTarget';
import { validateModelName } from './validateModelName';

const checkModelName = async (name: string) =>
  name === 'taken'
    ? { name, available: false, reason: 'another team has it' }
    : { name, available: true };

/** Shows a field in a form that keeps what it says. */
function renderField<T>(
  Field: ComponentType<FieldExtensionComponentProps<T>>,
  options: {
    checkModelName?: (name: string) => Promise<unknown>;
    listActions?: () => Promise<{ id: string }[]>;
  } = {},
): { latest: () => T | undefined } {
  let latest: T | undefined;
  function Form() {
    const [value, setValue] = useState<T>();
    const props = {
      formData: value,
      onChange: (next: T | undefined) => {
        latest = next;
        setValue(next);
      },
      schema: { title: 'Field of the form' },
      idSchema: { $id: 'root_field' },
      formContext: { formData: { name: 'wine' } },
      required: true,
    } as unknown as FieldExtensionComponentProps<T>;
    return <Field {...props} />;
  }
  render(
    <TestApiProvider
      apis={[
        [mlApiRef, { checkModelName, ...options } as never],
        [scaffolderApiRef, options as never],
      ]}
    >
      <Form />
    </TestApiProvider>,
  );
  return { latest: () => latest };
}

describe('MlModelName', () => {
  async function write(text: string, check?: () => Promise<unknown>) {
    const { latest } = renderField<string>(
      ModelNameField,
      check && { checkModelName: check },
    );
    const input = screen.getByRole('textbox', { name: /Field of the form/ });
    await userEvent.type(input, text);
    return { input, latest };
  }

  it('tells that a name is free', async () => {
    const { input, latest } = await write('wine');
    expect(await screen.findByText("'wine' is free")).toBeInTheDocument();
    expect(input).toBeValid();
    expect(latest()).toBe('wine');
  });

  it('tells why a name is taken', async () => {
    const { input } = await write('taken');
    expect(await screen.findByText(/another team has it/)).toBeInTheDocument();
    expect(input).toBeInvalid();
  });

  it('tells of a name that no model may have, and asks nobody', async () => {
    const check = jest.fn(checkModelName);
    renderField<string>(ModelNameField, { checkModelName: check });
    await userEvent.type(screen.getByRole('textbox'), 'Wine');
    expect(await screen.findByText(/lower-case/)).toBeInTheDocument();
    expect(screen.getByRole('textbox')).toBeInvalid();
    expect(check).not.toHaveBeenCalled();
  });

  it('does not call a name free that could not be checked', async () => {
    await write('wine', broken);
    expect(await screen.findByText(/cannot be told now/)).toBeInTheDocument();
    expect(screen.queryByText("'wine' is free")).toBeNull();
  });

  it('gives nothing when it is emptied', async () => {
    const { input, latest } = await write('wine');
    await userEvent.clear(input);
    expect(latest()).toBeUndefined();
  });
});

describe('validation of MlModelName', () => {
  async function errorsOf(name: string, check: unknown = checkModelName) {
    const errors: string[] = [];
    await validateModelName(
      name,
      { addError: (error: string) => errors.push(error) } as never,
      { apiHolder: { get: () => ({ checkModelName: check }) } } as never,
    );
    return errors;
  }

  it.each([
    ['a free name', 'wine', []],
    ['a taken name', 'taken', ['It cannot be taken: another team has it']],
    ['no name at all', 'W!', [expect.stringContaining('lower-case')]],
  ])('knows %s', async (_what, name, expected) => {
    await expect(errorsOf(name)).resolves.toEqual(expected);
  });

  it('stops at a name that could not be checked', async () => {
    await expect(errorsOf('wine', broken)).resolves.toEqual([
      expect.stringContaining('on holiday'),
    ]);
  });
});

describe('MlRepository', () => {
  const actions = (...ids: string[]) => ({
    listActions: async () => ids.map(id => ({ id })),
  });

  it('offers the places that the portal has, and takes the first', async () => {
    const { latest } = renderField<RepositoryTarget>(
      RepositoryField,
      actions('fetch:template', 'publish:github', 'ml:repository:create'),
    );
    expect(
      await screen.findByRole('radio', {
        name: 'In the folder of this portal',
      }),
    ).toBeChecked();
    expect(screen.getByRole('radio', { name: 'On GitHub' })).not.toBeChecked();
    expect(screen.queryByRole('radio', { name: 'On GitLab' })).toBeNull();
    expect(latest()).toEqual({ kind: 'portal' });
  });

  it('asks for owner and repository of a Git server, named as the model', async () => {
    const { latest } = renderField<RepositoryTarget>(
      RepositoryField,
      actions('ml:repository:create', 'publish:github'),
    );
    await userEvent.click(
      await screen.findByRole('radio', { name: 'On GitHub' }),
    );
    await userEvent.type(
      screen.getByRole('textbox', { name: /Organization or user/ }),
      'acme',
    );
    expect(latest()).toEqual({
      kind: 'github',
      repoUrl: 'github.com?owner=acme&repo=wine',
    });
  });

  it('says that there is nowhere to put a repository', async () => {
    renderField<RepositoryTarget>(RepositoryField, actions('fetch:template'));
    expect(
      await screen.findByText(/nowhere to put a repository/),
    ).toBeInTheDocument();
  });

  it('says why the places are not known', async () => {
    renderField<RepositoryTarget>(RepositoryField, { listActions: broken });
    expect(await screen.findByText(/on holiday/)).toBeInTheDocument();
  });
});
