import type { Version } from '@ml-platform/plugin-ml-common';
import type { ActionState } from '../../lib/actions';
import type { VersionAction } from '../../lib/versionActions';
import { DeleteDialog } from './DeleteDialog';
import { DeprecateDialog } from './DeprecateDialog';
import { PublishDialog, UndeprecateDialog } from './StateDialog';

/** @internal */
export interface LifecycleDialogProps {
  version: Version;
  /** Versions that may replace it. */
  others: Version[];
  /** Whether the step can be taken. */
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}

const DIALOGS = {
  publish: PublishDialog,
  deprecate: DeprecateDialog,
  undeprecate: UndeprecateDialog,
  remove: DeleteDialog,
} satisfies Record<VersionAction, unknown>;

/** Asks before a step in the life of a version. */
export function LifecycleDialog(
  props: LifecycleDialogProps & { step: VersionAction },
) {
  const { step, ...rest } = props;
  const StepDialog = DIALOGS[step];
  return <StepDialog {...rest} />;
}
