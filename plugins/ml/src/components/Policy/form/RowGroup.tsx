import type { ReactNode } from 'react';
import { Box, ButtonIcon, Flex, Text } from '@backstage/ui';
import { RiDeleteBinLine } from '@remixicon/react';
import { texts } from '../../../texts';
import classes from '../Policy.module.css';

/** One of several things that are edited together, and can be taken away. */
export function RowGroup(props: {
  title: string;
  onRemove?: () => void;
  children: ReactNode;
}) {
  const { children, onRemove, title } = props;
  return (
    <Box
      as="section"
      role="group"
      bg="neutral"
      className={classes.row}
      aria-label={title}
    >
      <Flex align="center" justify="between" gap="3">
        <Text as="p" variant="body-small" weight="bold">
          {title}
        </Text>
        {onRemove && (
          <ButtonIcon
            icon={<RiDeleteBinLine aria-hidden />}
            variant="tertiary"
            aria-label={texts.policy.remove(title)}
            onPress={onRemove}
          />
        )}
      </Flex>
      {children}
    </Box>
  );
}
