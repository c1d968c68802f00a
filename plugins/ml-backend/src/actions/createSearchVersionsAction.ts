import { InputError } from '@backstage/errors';
import {
  ENVIRONMENTS,
  FORMATS,
  type MetricCondition,
  parseMetricCondition,
  VERSION_STATES,
} from '@ml-platform/plugin-ml-common';
import { contextOf } from '../http/requestContext';
import type { ActionOptions } from './ActionOptions';
import { pageInput } from './inputs';
import { nextCursorOutput, versionOutput } from './outputs';
import { toVersionOutput } from './toVersionOutput';

export function createSearchVersionsAction(
  options: Pick<ActionOptions, 'actionsRegistry' | 'registry'>,
): void {
  const { actionsRegistry, registry } = options;
  actionsRegistry.register({
    name: 'search-versions',
    title: 'Search versions of machine learning models',
    description: `Finds versions of machine learning models that you may see, by model and highest version first: by words, owner, tags, format, state, alias, metrics of the card, or the environment they are live in.
All conditions have to hold. Without any, it gives every version that is not deleted. get-version gives the rest of what is known of one.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    examples: [
      {
        title: 'What is live in production with an accuracy below 0.9',
        input: { limit: 20, liveIn: 'production', metrics: ['accuracy<0.9'] },
      },
    ],
    schema: {
      input: zod =>
        zod.strictObject({
          query: zod
            .string()
            .max(200)
            .optional()
            .describe(
              "Words, all of which the model's name, title, description or tags contain",
            ),
          owner: zod
            .string()
            .max(253)
            .optional()
            .describe(
              'Entity reference of the owner, for instance group:default/fraud-team',
            ),
          tags: zod
            .array(zod.string())
            .max(20)
            .optional()
            .describe('Tags, all of which the version carries'),
          format: zod.enum(FORMATS).optional(),
          state: zod
            .enum(VERSION_STATES)
            .optional()
            .describe('Without one, every state but deleted'),
          alias: zod
            .string()
            .max(63)
            .optional()
            .describe('Name that points at the version, for instance champion'),
          liveIn: zod
            .enum(ENVIRONMENTS)
            .optional()
            .describe('Live in this environment now'),
          metrics: zod
            .array(zod.string())
            .max(20)
            .optional()
            .describe(
              'Conditions on metrics of the card, with >=, >, <=, < or =, for instance accuracy>=0.9',
            ),
          ...pageInput(zod),
        }),
      output: zod =>
        zod.object({
          versions: zod.array(versionOutput(zod)),
          nextCursor: nextCursorOutput(zod),
        }),
    },
    action: async ({ credentials, input }) => {
      const { metrics, query, ...rest } = input;
      const page = await registry.searchVersions(contextOf(credentials), {
        ...rest,
        q: query,
        metrics: metrics?.map(toCondition),
      });
      return {
        output: {
          versions: page.items.map(toVersionOutput),
          nextCursor: page.nextCursor,
        },
      };
    },
  });
}

function toCondition(text: string): MetricCondition {
  const condition = parseMetricCondition(text);
  if (!condition) {
    throw new InputError(
      `metrics: '${text}' is no condition; write for instance accuracy>=0.9`,
    );
  }
  return condition;
}
