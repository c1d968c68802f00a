import type { ReactNode } from 'react';
import {
  Alert,
  Box,
  Button,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Text,
} from '@backstage/ui';
import type { Request } from '../../hooks/useRequest';
import type { ActionState } from '../../lib/actions';
import { texts } from '../../texts';
import { ActionButton } from '../shared';
import classes from './Lifecycle.module.css';

/** Asks once before a change, and names what it does and does not do. */
export function EffectsDialog(props: {
  title: string;
  /** In pixels; forms of one column fit into the usual one. */
  width?: number;
  will: string[];
  willNot?: string[];
  submit: string;
  action: ActionState;
  request: Request;
  onClose: () => void;
  children?: ReactNode;
}) {
  const { title, will, willNot, submit, action, request, onClose } = props;
  return (
    <Dialog
      isOpen
      onOpenChange={open => !open && onClose()}
      width={props.width ?? 560}
    >
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>
        <Flex direction="column" gap="4">
          {props.children}
          <Box as="section" bg="neutral" className={classes.effects}>
            <Effects title={texts.effects.will} items={will} />
            {willNot && (
              <Effects title={texts.effects.willNot} items={willNot} />
            )}
          </Box>
          {request.error && (
            <Alert status="danger" icon title={request.error} role="alert" />
          )}
        </Flex>
      </DialogBody>
      <DialogFooter>
        <ActionButton
          action={
            request.sending
              ? { enabled: false, reason: texts.effects.sending }
              : action
          }
          label={submit}
          variant="primary"
          onPress={request.submit}
        />
        <Button variant="secondary" size="small" onPress={onClose}>
          {texts.effects.cancel}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}

function Effects(props: { title: string; items: string[] }) {
  return (
    <>
      <Text as="h3" variant="body-small" weight="bold">
        {props.title}
      </Text>
      <ul>
        {props.items.map(item => (
          <li key={item}>
            <Text variant="body-small">{item}</Text>
          </li>
        ))}
      </ul>
    </>
  );
}
