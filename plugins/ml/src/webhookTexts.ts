import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';

/** What the portal says about webhooks; a part of `texts`. */
export const webhookTexts = {
  title: 'Webhooks',
  intro:
    'Who is told of what happens to models. Each delivery is signed, and tried again for a day.',
  add: 'Add a webhook',
  none: 'Nobody is told',
  noneHelp:
    'Add a webhook, and the platform posts each event to its URL: a build, a chat, a ticket system.',
  mayNot:
    'You may not see or change webhooks: that takes the permission ml.webhook.manage. Ask a platform admin for it.',

  allTypes: 'every event',
  allModels: 'every model',
  created: 'added by',
  paused: 'paused by',
  state: { active: 'Active', paused: 'Paused', gone: 'Receiver is gone' },

  test: 'Send a test',
  pause: 'Pause',
  resume: 'Resume',
  deliveries: 'Deliveries',
  remove: 'Remove…',
  describe: (action: string, url: string) => `${action}: ${url}`,
  isPaused: 'It is paused: resume it first.',
  isGone: 'Its receiver answered that it is gone: resume it first.',
  tested: 'A test is on its way; its outcome is among the deliveries',
  pausedDone: 'Paused: what is to be sent waits',
  resumedDone: 'Resumed: what has waited is sent now',

  url: 'URL',
  urlHelp: 'Where events are posted to.',
  badUrl: 'Write a URL that begins with https:// or http://.',
  types: 'Events',
  typesHelp: 'Choose none to hear of every kind.',
  model: 'Model',
  modelHelp: 'Optional: hear of this model only.',
  submit: 'Add',
  cancel: 'Cancel',
  sending: 'Sending…',
  addedTitle: 'The webhook is added',
  secret: 'Secret',
  secretHelp:
    'It signs what is sent, so that the receiver can tell it from forgeries. It is shown this once: keep it where the receiver reads it.',
  copySecret: 'Copy the secret',
  done: 'Done',

  removeTitle: 'Remove the webhook?',
  removeSubmit: 'Remove',
  removeWill: (url: string) => [
    `${url} is told of nothing any more.`,
    'What is still to be sent to it is dropped, and its deliveries are forgotten.',
  ],
  removeWillNot: ['It does not take back what was sent.'],
  removed: 'The webhook is removed',

  deliveriesOf: (url: string) => `Deliveries to ${url}`,
  noDelivery: 'Nothing was sent yet',
  noDeliveryHelp: 'Send a test, or wait for an event.',
  deliveryState: {
    pending: 'To be sent',
    delivered: 'Delivered',
    failed: 'Failed',
  } satisfies Record<WebhookDelivery['state'], string>,
  attempts: (amount: number) =>
    `${amount} ${amount === 1 ? 'attempt' : 'attempts'}`,
  answered: (status: number) => `answered ${status}`,
  next: 'next attempt',
  replay: 'Send again',
  replayed: 'It is sent again',
  newest: 'Newest deliveries',
  older: 'Older deliveries',
};
