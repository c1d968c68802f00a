import { type ReactNode, useId } from 'react';
import { ButtonIcon, Flex, Text } from '@backstage/ui';
import Drawer from '@material-ui/core/Drawer';
import { RiCloseLine } from '@remixicon/react';
import classes from './shared.module.css';

/** Details beside the list that they belong to. */
export function SidePanel(props: {
  title: string;
  onClose: () => void;
  children: ReactNode;
}) {
  const { title, onClose, children } = props;
  const titleId = useId();
  return (
    <Drawer
      anchor="right"
      open
      onClose={onClose}
      PaperProps={{
        role: 'dialog',
        'aria-modal': true,
        'aria-labelledby': titleId,
        className: classes.sidePanel,
      }}
    >
      <div className={classes.sidePanelHead}>
        <Text as="h2" id={titleId} variant="title-x-small" weight="bold">
          {title}
        </Text>
        <ButtonIcon
          icon={<RiCloseLine />}
          aria-label="Close"
          variant="tertiary"
          onPress={onClose}
        />
      </div>
      <div className={classes.sidePanelBody}>
        <Flex direction="column" gap="4">
          {children}
        </Flex>
      </div>
    </Drawer>
  );
}
