import { InputError } from '@backstage/errors';
import {
  type ServedModelKey,
  servedModelKeySchema,
} from '@ml-platform/plugin-ml-common';
import type { z } from 'zod';

/** Reads JSON of a known shape; the error names the field. */
export function parseBody<T>(schema: z.ZodType<T>, body: Buffer): T {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch {
    throw new InputError('the body is not valid JSON');
  }
  return parse(schema, value, 'body');
}

export function parseKey(environment: string, model: string): ServedModelKey {
  return parse(servedModelKeySchema, { environment, model }, 'path');
}

function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(
    ({ path, message }) => `${[where, ...path].join('.')}: ${message}`,
  );
  throw new InputError(problems.join('; '));
}
