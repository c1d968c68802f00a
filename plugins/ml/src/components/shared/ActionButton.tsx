import { type ReactElement, useId } from 'react';
import { Button, Tooltip, TooltipTrigger, VisuallyHidden } from '@backstage/ui';
import type { ActionState } from '../../lib/actions';
import classes from './shared.module.css';

/**
 * A button that carries the reason when it cannot be pressed. It stays
 * focusable then, so that the reason can be read with the keyboard too.
 */
export function ActionButton(props: {
  action: ActionState;
  label: string;
  /** Says what the label leaves to the eye, e.g. the environment. */
  description?: string;
  icon?: ReactElement;
  variant?: 'primary' | 'secondary' | 'tertiary';
  onPress: () => void;
}) {
  const { action, label, description, icon, variant, onPress } = props;
  const reasonId = useId();
  const reason = action.enabled ? undefined : action.reason;
  // One structure for both states, so that the focus survives the change.
  return (
    <>
      <TooltipTrigger delay={200} isDisabled={action.enabled}>
        <Button
          size="small"
          variant={variant ?? 'secondary'}
          iconStart={icon}
          aria-label={description ?? label}
          aria-disabled={reason ? true : undefined}
          aria-describedby={reason ? reasonId : undefined}
          className={reason ? classes.refused : undefined}
          onPress={() => action.enabled && onPress()}
        >
          {label}
        </Button>
        <Tooltip>{reason}</Tooltip>
      </TooltipTrigger>
      {reason && <VisuallyHidden id={reasonId}>{reason}</VisuallyHidden>}
    </>
  );
}
