import type { CustomFieldValidator } from '@backstage/plugin-scaffolder-react';
import { modelNameSchema } from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../api/MlApi';
import { messageOf } from '../lib/errors';
import { texts } from '../texts';

/** Lets nobody on to the next page with a name that cannot be had. */
export const validateModelName: CustomFieldValidator<string> = async (
  value,
  validation,
  { apiHolder },
) => {
  const parsed = modelNameSchema.safeParse(value);
  if (!parsed.success) {
    validation.addError(parsed.error.issues[0].message);
    return;
  }
  const api = apiHolder.get(mlApiRef);
  if (!api) return;
  try {
    const { available, reason = '' } = await api.checkModelName(value);
    if (!available) validation.addError(texts.wizard.taken(reason));
  } catch (error) {
    validation.addError(texts.wizard.unchecked(messageOf(error)));
  }
};
