import { useApi } from '@backstage/core-plugin-api';
import type { FieldExtensionComponentProps } from '@backstage/plugin-scaffolder-react';
import FormHelperText from '@material-ui/core/FormHelperText';
import TextField from '@material-ui/core/TextField';
import { modelNameSchema, type NameCheck } from '@ml-platform/plugin-ml-common';
import { useState } from 'react';
import useDebounce from 'react-use/esm/useDebounce';
import { mlApiRef } from '../api/MlApi';
import { messageOf } from '../lib/errors';
import { texts } from '../texts';

/** As long as people pause between two letters. */
const PAUSE_MS = 350;

type Answer =
  | { name: string; check: NameCheck }
  | { name: string; failure: string };

/** Name of a new model, which tells while it is written whether it is free. */
export function ModelNameField(props: FieldExtensionComponentProps<string>) {
  const {
    formData = '',
    idSchema,
    onChange,
    rawErrors,
    required,
    schema,
  } = props;
  const api = useApi(mlApiRef);
  const [answer, setAnswer] = useState<Answer>();

  useDebounce(
    async () => {
      if (!modelNameSchema.safeParse(formData).success) return;
      try {
        const check = await api.checkModelName(formData);
        setAnswer({ name: formData, check });
      } catch (error) {
        setAnswer({ name: formData, failure: messageOf(error) });
      }
    },
    PAUSE_MS,
    [api, formData],
  );

  const problem = problemOf(formData);
  const told = problem ?? verdict(formData, answer) ?? rawErrors?.[0];
  const isRefused =
    Boolean(problem ?? rawErrors?.length) || isTaken(formData, answer);
  // The fields around it, of the scaffolder, are of Material UI as well.
  return (
    <>
      <TextField
        id={idSchema.$id}
        label={schema.title ?? texts.wizard.name}
        helperText={schema.description}
        required={required}
        // Red words would have too little contrast: a red line is enough.
        InputProps={{ error: isRefused }}
        autoComplete="off"
        fullWidth
        value={formData}
        onChange={event => onChange(event.target.value || undefined)}
      />
      <FormHelperText role="status" component="p">
        {told}
      </FormHelperText>
    </>
  );
}

function problemOf(name: string): string | undefined {
  if (!name) return undefined;
  const parsed = modelNameSchema.safeParse(name);
  return parsed.success ? undefined : parsed.error.issues[0].message;
}

function verdict(name: string, answer?: Answer): string | undefined {
  if (!name) return undefined;
  // What is known is of the name as it was a moment ago.
  if (answer?.name !== name) return texts.wizard.checking;
  if ('failure' in answer) return texts.wizard.unchecked(answer.failure);
  const { available, reason = '' } = answer.check;
  return available ? texts.wizard.free(name) : texts.wizard.taken(reason);
}

function isTaken(name: string, answer?: Answer): boolean {
  if (answer?.name !== name || 'failure' in answer) return false;
  return !answer.check.available;
}
