import type { ActionOptions } from './ActionOptions';
import { createCreateModelAction } from './createCreateModelAction';
import { createEvaluateVersionAction } from './createEvaluateVersionAction';
import { createDeployVersionAction } from './createDeployVersionAction';
import { createGetBatchJobAction } from './createGetBatchJobAction';
import { createGetModelAction } from './createGetModelAction';
import { createGetReleaseAction } from './createGetReleaseAction';
import { createGetVersionAction } from './createGetVersionAction';
import { createListModelsAction } from './createListModelsAction';
import { createPromoteVersionAction } from './createPromoteVersionAction';
import { createPublishVersionAction } from './createPublishVersionAction';
import { createRegisterVersionAction } from './createRegisterVersionAction';
import { createRollBackAction } from './createRollBackAction';
import { createRunBatchJobAction } from './createRunBatchJobAction';
import { createSearchVersionsAction } from './createSearchVersionsAction';

/**
 * What Backstage's actions registry offers to AI tools, `backstage-cli actions`
 * and software templates. Each action goes through the services, as its caller.
 */
export function registerActions(options: ActionOptions): void {
  createListModelsAction(options);
  createGetModelAction(options);
  createSearchVersionsAction(options);
  createGetVersionAction(options);
  createCreateModelAction(options);
  createRegisterVersionAction(options);
  createPublishVersionAction(options);
  createEvaluateVersionAction(options);
  createDeployVersionAction(options);
  createPromoteVersionAction(options);
  createRollBackAction(options);
  createGetReleaseAction(options);
  createRunBatchJobAction(options);
  createGetBatchJobAction(options);
}
