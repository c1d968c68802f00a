import { ButtonIcon, Menu, MenuItem, MenuTrigger } from '@backstage/ui';
import { RiMore2Line } from '@remixicon/react';
import type { ActionState } from '../../lib/actions';
import { VERSION_ACTIONS, type VersionAction } from '../../lib/versionActions';
import { texts } from '../../texts';
import classes from './Lifecycle.module.css';

/**
 * The steps that a version can take. One that cannot be taken stays in reach of
 * the keyboard, so that its reason can be read, and does nothing.
 */
export function VersionMenu(props: {
  version: string;
  actions: Record<VersionAction, ActionState>;
  onStep: (step: VersionAction) => void;
}) {
  const { version, actions, onStep } = props;
  const say = texts.versionActions;
  return (
    <MenuTrigger>
      <ButtonIcon
        size="small"
        variant="tertiary"
        icon={<RiMore2Line />}
        aria-label={say.menu(version)}
      />
      <Menu>
        {VERSION_ACTIONS.map(step => {
          const action = actions[step];
          return (
            <MenuItem
              key={step}
              textValue={say.labels[step]}
              className={action.enabled ? undefined : classes.refused}
              color={step === 'remove' && action.enabled ? 'danger' : 'primary'}
              onAction={() => action.enabled && onStep(step)}
            >
              <span className={classes.item}>
                {say.labels[step]}
                {!action.enabled && <small>{action.reason}</small>}
              </span>
            </MenuItem>
          );
        })}
      </Menu>
    </MenuTrigger>
  );
}
