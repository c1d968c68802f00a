import type { ReactNode } from 'react';
import { Box, Flex, Text } from '@backstage/ui';
import classes from './shared.module.css';

/** Things that are too much for a row of a table, one below the other. */
export function CardList(props: { label: string; children: ReactNode }) {
  return (
    <ul className={classes.cards} aria-label={props.label}>
      {props.children}
    </ul>
  );
}

/** One of them: its name, at the end of the line how it is, and below what can be done. */
export function CardItem(props: {
  title: string;
  /** Stands at the end of the title's line. */
  state?: ReactNode;
  children: ReactNode;
}) {
  const { children, state, title } = props;
  return (
    <Box as="li" bg="neutral" className={classes.card} aria-label={title}>
      <Flex align="center" justify="between" gap="3">
        <Text as="h3" weight="bold">
          {title}
        </Text>
        {state}
      </Flex>
      {children}
    </Box>
  );
}
