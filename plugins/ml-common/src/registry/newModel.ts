import { z } from 'zod';
import { modelFileSchema } from '../package/modelFile';

const { description, name, owner, system, tags, title } = modelFileSchema.shape;

/**
 * What is said of a model before it has a version.
 * @public
 */
export const newModelSchema = z.strictObject({
  name,
  title,
  description,
  owner,
  system,
  tags,
});

/** @public */
export type NewModel = z.infer<typeof newModelSchema>;

/**
 * Whether a name can be taken for a new model.
 * @public
 */
export interface NameCheck {
  name: string;
  available: boolean;
  /** Why it cannot. */
  reason?: string;
}
