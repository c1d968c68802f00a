import type { PolicyValues } from '@ml-platform/plugin-ml-common';
import type { RequestContext } from '../../http/requestContext';

/** What values must meet that no schema can tell. */
export interface PolicyRule {
  /**
   * What is wrong, with its path, its reason and what to do; undefined when
   * nothing is.
   * @param values - those that are to change
   * @param context - of who asks for it, or of who approves it
   */
  problemOf(
    values: Partial<PolicyValues>,
    context: RequestContext,
  ): Promise<string | undefined>;
}
