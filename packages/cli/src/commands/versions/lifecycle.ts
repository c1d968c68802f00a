import type { MlClient, Version } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { formatDate } from '../../output/format';
import { isVersion, parseRef, usageError } from '../parseRef';
import type { DeprecateOptions } from './lifecycleCommands';
import { versionText } from './versionText';

/** `ml versions publish` */
export async function publish(
  context: CommandContext,
  text: string,
): Promise<void> {
  await change(context, text, {
    act: (client, model, version) => client.versions.publish(model, version),
    done: () => `Published ${text}`,
  });
  context.output.hint(`Next: ml deploy ${text} --env production`);
}

/** `ml versions deprecate` */
export async function deprecate(
  context: CommandContext,
  text: string,
  { sunset, reason, replacement }: DeprecateOptions,
): Promise<void> {
  if (!isDate(sunset)) {
    throw usageError(
      `--sunset: '${sunset}' is no date`,
      'Write it as 2027-03-01.',
    );
  }
  if (replacement !== undefined && !isVersion(replacement)) {
    throw usageError(
      `--replacement: '${replacement}' is not a semantic version such as 1.4.0`,
    );
  }
  await change(context, text, {
    act: (client, model, version) =>
      client.versions.deprecate(model, version, {
        ...{ sunset, reason },
        ...(replacement && { replacement }),
      }),
    done: ({ deprecation }) =>
      `Deprecated ${text}, served until ${formatDate(
        deprecation?.sunset ?? sunset,
      )}`,
  });
}

/** `ml versions undeprecate` */
export async function undeprecate(
  context: CommandContext,
  text: string,
): Promise<void> {
  await change(context, text, {
    act: (client, model, version) =>
      client.versions.undeprecate(model, version),
    done: () => `${text} is deprecated no more`,
  });
}

async function change(
  { connect, output }: CommandContext,
  text: string,
  {
    act,
    done,
  }: {
    act: (client: MlClient, model: string, version: string) => Promise<Version>;
    done: (changed: Version) => string;
  },
): Promise<void> {
  const { model, version } = parseRef(text);
  const { client } = await connect();
  const changed = await act(client, model, version);
  output.done(done(changed));
  await output.object({
    kind: 'Version',
    name: text,
    data: changed,
    text: () => versionText(changed, output),
  });
}

function isDate(text: string): boolean {
  return /^\d{4}-\d\d-\d\d(T.+)?$/.test(text) && !isNaN(Date.parse(text));
}
