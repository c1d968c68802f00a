import type { ReactNode } from 'react';
import { Text } from '@backstage/ui';
import classes from './ModelCard.module.css';

/** A headed part of a card. */
export function Section(props: { title: string; children: ReactNode }) {
  return (
    <section>
      <Text
        as="h3"
        variant="body-medium"
        weight="bold"
        className={classes.heading}
      >
        {props.title}
      </Text>
      {props.children}
    </section>
  );
}

/** Sentences, one below the other. */
export function Sentences(props: { items: string[] }) {
  return (
    <ul className={classes.prose}>
      {props.items.map(item => (
        <li key={item}>
          <Text>{item}</Text>
        </li>
      ))}
    </ul>
  );
}
