import { Option, type Command } from 'commander';
import type { WebhookDelivery } from '@ml-platform/plugin-ml-common';
import type { Launch } from '../../program';
import { collect, examples, parseLimit, parseTimeout } from '../options';

// Not taken from the common package: that would load all of it for `--help`.
const STATES: ReadonlyArray<WebhookDelivery['state']> = [
  'pending',
  'delivered',
  'failed',
];

const ID = ['<webhook>', 'id of the webhook'] as const;
const AN_ID = '6f1c2b1e-8d0b-4a53-9f5a-0d5a5c7e9b11';

export interface AddOptions {
  type?: string[];
  model?: string;
}

export interface TestOptions {
  timeout: number;
}

export interface DeliveriesOptions {
  state?: WebhookDelivery['state'];
  limit: number;
}

export interface RemoveOptions {
  yes?: boolean;
}

export function addWebhooksCommands(program: Command, launch: Launch): void {
  const webhooks = program
    .command('webhooks')
    .description('Who is told of events, and what became of it');
  webhooks
    .command('list')
    .description('List the webhooks')
    .addHelpText('after', examples('ml webhooks list'))
    .action(() =>
      launch(async context =>
        (await import('./webhooks')).listWebhooks(context),
      ),
    );
  webhooks
    .command('add')
    .description('Have events sent to a URL; prints the secret, once')
    .argument('<url>', 'where they are posted to')
    .option('--type <type>', 'of this type only; repeatable', collect)
    .option('--model <model>', 'of this model only')
    .addHelpText(
      'after',
      `
Types may be given without their beginning, \`internal.ml.\`.
${examples(
  'ml webhooks add https://ci.example.com/ml-events --type release.failed --type release.succeeded',
  'ml webhooks add https://ci.example.com/ml-events --model wine-classifier --json | jq -r .data.secret',
)}`,
    )
    .action((url: string, options: AddOptions) =>
      launch(async context =>
        (await import('./changeWebhooks')).addWebhook(context, url, options),
      ),
    );
  webhooks
    .command('show')
    .description('Show a webhook')
    .argument(...ID)
    .addHelpText('after', examples(`ml webhooks show ${AN_ID}`))
    .action((id: string) =>
      launch(async context =>
        (await import('./webhooks')).showWebhook(context, id),
      ),
    );
  webhooks
    .command('test')
    .description('Send a test event, and wait for the answer')
    .argument(...ID)
    .option('--timeout <duration>', 'how long to wait', parseTimeout, 30_000)
    .addHelpText(
      'after',
      `
Ends with exit code 1 when the receiver does not take it, 7 when nothing is
known in time.
${examples(`ml webhooks test ${AN_ID}`)}`,
    )
    .action((id: string, options: TestOptions) =>
      launch(async context =>
        (await import('./testWebhook')).testWebhook(context, id, options),
      ),
    );
  webhooks
    .command('deliveries')
    .description('List what was sent or will be, newest first')
    .argument(...ID)
    .addOption(new Option('--state <state>', 'in this state').choices(STATES))
    .option('--limit <number>', 'at most this many', parseLimit, 50)
    .addHelpText(
      'after',
      examples(`ml webhooks deliveries ${AN_ID} --state failed`),
    )
    .action((id: string, options: DeliveriesOptions) =>
      launch(async context =>
        (await import('./webhooks')).listDeliveries(context, id, options),
      ),
    );
  webhooks
    .command('replay')
    .description('Send the event of a delivery again')
    .argument(...ID)
    .argument('<delivery>', 'id of the delivery')
    .addHelpText(
      'after',
      examples(
        `ml webhooks replay ${AN_ID} 0d0b4a52-7c0f-4c5c-9d41-2f6f2a3f5d11`,
      ),
    )
    .action((id: string, delivery: string) =>
      launch(async context =>
        (await import('./changeWebhooks')).replay(context, id, delivery),
      ),
    );
  for (const { verb, description } of [
    { verb: 'pause', description: 'Hold back what is to be sent' },
    { verb: 'resume', description: 'Send again, also what was held back' },
  ] as const) {
    webhooks
      .command(verb)
      .description(description)
      .argument(...ID)
      .addHelpText('after', examples(`ml webhooks ${verb} ${AN_ID}`))
      .action((id: string) =>
        launch(async context =>
          (await import('./changeWebhooks')).steer(context, id, verb),
        ),
      );
  }
  webhooks
    .command('remove')
    .description('Remove a webhook, and what is still to be sent to it')
    .argument(...ID)
    .option('-y, --yes', 'do not ask')
    .addHelpText('after', examples(`ml webhooks remove ${AN_ID} --yes`))
    .action((id: string, options: RemoveOptions) =>
      launch(async context =>
        (await import('./changeWebhooks')).removeWebhook(context, id, options),
      ),
    );
}
