import { useState } from 'react';
import {
  Alert,
  Button,
  Checkbox,
  CheckboxGroup,
  Dialog,
  DialogBody,
  DialogFooter,
  DialogHeader,
  Flex,
  Text,
  TextField,
} from '@backstage/ui';
import {
  EVENT_TYPES,
  type EventType,
  type Webhook,
} from '@ml-platform/plugin-ml-common';
import { useRequest } from '../../hooks/useRequest';
import { firstReason } from '../../lib/actions';
import { shortType } from '../../lib/webhooks';
import { texts } from '../../texts';
import { ActionButton, CopyButton } from '../shared';
import classes from './Webhooks.module.css';

// A test is sent to one webhook, whatever it asks for.
const CHOICES = EVENT_TYPES.filter(type => type !== 'internal.ml.webhook.test');

/** Asks who is to be told of what, and shows the secret once. */
export function AddWebhookDialog(props: {
  onDone: () => void;
  onClose: () => void;
}) {
  const { onDone, onClose } = props;
  const say = texts.webhooks;
  const [url, setUrl] = useState('');
  const [types, setTypes] = useState<string[]>([]);
  const [model, setModel] = useState('');
  const [added, setAdded] = useState<Webhook & { secret: string }>();
  const request = useRequest({
    send: async api => {
      const webhook = await api.webhooks.create({
        url: url.trim(),
        types: types as EventType[],
        model: model.trim() || undefined,
      });
      setAdded(webhook);
    },
    done: () => say.addedTitle,
    onDone,
    // It stays open, for the secret.
    onClose: () => {},
  });
  return (
    <Dialog isOpen onOpenChange={open => !open && onClose()} width={560}>
      <DialogHeader>{added ? say.addedTitle : say.add}</DialogHeader>
      <DialogBody>
        {added ? renderSecret(added.secret) : renderForm()}
      </DialogBody>
      <DialogFooter>
        {added ? (
          <Button size="small" variant="primary" onPress={onClose}>
            {say.done}
          </Button>
        ) : (
          <>
            <ActionButton
              action={firstReason(
                request.sending && say.sending,
                !/^https?:\/\/./.test(url.trim()) && say.badUrl,
              )}
              label={say.submit}
              variant="primary"
              onPress={request.submit}
            />
            <Button size="small" variant="secondary" onPress={onClose}>
              {say.cancel}
            </Button>
          </>
        )}
      </DialogFooter>
    </Dialog>
  );

  function renderForm() {
    return (
      <Flex direction="column" gap="4">
        <TextField
          label={say.url}
          description={say.urlHelp}
          placeholder="https://ci.example.com/ml-events"
          type="url"
          isRequired
          value={url}
          onChange={setUrl}
          maxLength={2000}
        />
        <CheckboxGroup
          label={say.types}
          description={say.typesHelp}
          value={types}
          onChange={setTypes}
        >
          {CHOICES.map(type => (
            <Checkbox key={type} value={type}>
              {shortType(type)}
            </Checkbox>
          ))}
        </CheckboxGroup>
        <TextField
          label={say.model}
          description={say.modelHelp}
          value={model}
          onChange={setModel}
          maxLength={63}
        />
        {request.error && (
          <Alert status="danger" icon title={request.error} role="alert" />
        )}
      </Flex>
    );
  }

  function renderSecret(secret: string) {
    return (
      <Flex direction="column" gap="3">
        <Text as="p">{say.secretHelp}</Text>
        <Flex align="center" gap="2">
          <code className={classes.secret}>{secret}</code>
          <CopyButton text={secret} label={say.copySecret} />
        </Flex>
      </Flex>
    );
  }
}
