import {
  ENVIRONMENTS,
  modelNameSchema,
  STRATEGIES,
  versionSchema,
} from '@ml-platform/plugin-ml-common';
import type { z } from 'zod/v3';

// The registry gives zod 3 to its callbacks; the domain's schemas are zod 4 and
// cannot be nested in them.
type Zod = typeof z;

export function modelInput(zod: Zod) {
  return zod
    .string()
    .refine(
      value => modelNameSchema.safeParse(value).success,
      'must be the name of a model such as wine-classifier; list-models shows them',
    )
    .describe('Name of the model, for instance wine-classifier');
}

export function versionInput(zod: Zod) {
  return zod
    .string()
    .refine(
      value => versionSchema.safeParse(value).success,
      'must be a semantic version such as 1.4.0, without a leading v; search-versions shows them, also by alias',
    )
    .describe(
      'Semantic version such as 1.4.0. Not an alias: search-versions finds the version an alias points at',
    );
}

export function environmentInput(zod: Zod) {
  return zod.enum(ENVIRONMENTS);
}

export function strategyInput(zod: Zod) {
  return zod
    .enum(STRATEGIES)
    .optional()
    .describe(
      'How it takes over from the live version; leave it away for the platform’s own way, which is a canary in production',
    );
}

export function reasonInput(zod: Zod) {
  return zod
    .string()
    .min(1)
    .max(2000)
    .optional()
    .describe(
      'Why, in a sentence. It is kept in the history of releases for everybody to read',
    );
}

export function idempotencyKeyInput(zod: Zod) {
  return zod
    .string()
    .regex(
      /^[\x21-\x7e]{1,255}$/,
      'must be 1 to 255 printable characters without spaces, for instance a UUID',
    )
    .describe(
      'A text that you make up for this one intention, for instance a UUID. Repeat the same key to try again safely: it gives the release of the first call. Take a new key for a new intention',
    );
}

export function pageInput(zod: Zod) {
  return {
    limit: zod
      .number()
      .int()
      .min(1)
      .max(100)
      .default(20)
      .describe('How many at most, 1 to 100'),
    cursor: zod
      .string()
      .min(1)
      .optional()
      .describe(
        'nextCursor of the page before, unchanged; leave it away for the first page',
      ),
  };
}
