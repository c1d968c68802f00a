import { z } from 'zod';

/**
 * Head of `eval/suite.yaml`, the evaluation suite. What it contains is checked
 * when it is run.
 * @public
 */
export const suiteHeadSchema = z.looseObject({
  apiVersion: z.literal('ml.internal/v1alpha1'),
  kind: z.literal('EvaluationSuite'),
});
