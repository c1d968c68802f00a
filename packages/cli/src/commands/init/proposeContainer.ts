import { stat } from 'node:fs/promises';
import { containerSchema, type ModelFile } from '@ml-platform/plugin-ml-common';
import { readMetadata } from '../check/protocol';
import { usageError } from '../parseRef';
import { tensorsOf } from './parseTensor';
import { isUrl } from './places';
import type { Proposal } from './Proposal';
import type { ProposeOptions } from './propose';

/** Writes the contract of a server: what starts it, where it answers, and what it takes. */
export async function proposeContainer({
  context,
  source,
  options,
  name,
  isInPlace,
}: ProposeOptions): Promise<Proposal> {
  const { image, command } = options;
  if (!image && !command) {
    throw usageError(
      'Nothing says what starts the server',
      'Name its image with --image <name>@sha256:<digest>, or a command with --command "python server.py".',
    );
  }
  if (source && !isUrl(source)) {
    const found = await stat(source).catch(() => undefined);
    if (!found?.isDirectory()) {
      throw usageError(
        `${source} is no directory with the files of a server`,
        'Name that directory, or the address of the running server.',
      );
    }
  }
  const url = isUrl(source) ? new URL(source) : undefined;
  const named = /\/v2\/models\/([^/]+)/.exec(url?.pathname ?? '')?.[1];
  const model = options.model ?? (named && decodeURIComponent(named)) ?? name;
  const port = options.port ?? (url ? portOf(url) : undefined);
  if (port === undefined) {
    throw usageError(
      'Nothing says on which port the server listens',
      'Say it with --port <number>.',
    );
  }
  const container: NonNullable<ModelFile['container']> = {
    ...(image && { image }),
    ...(command && { command: command.trim().split(/\s+/) }),
    port,
    ...(model !== name && { model }),
  };
  const checked = containerSchema.safeParse(container);
  if (!checked.success) {
    const { path, message } = checked.error.issues[0];
    throw usageError(`--${String(path[0])}: ${message}`);
  }
  const metadata = url && (await readMetadata(baseOf(url), model));
  const toTensor = (side: 'inputs' | 'outputs') =>
    metadata?.[side].map(({ name: tensor, datatype, shape }) => ({
      ...{ name: tensor, datatype, shape },
    }));
  return {
    ...{ format: 'container', container: checked.data },
    copies: {},
    contents: {},
    inputs: await tensorsOf(context, options, 'input', toTensor('inputs')),
    outputs: await tensorsOf(context, options, 'output', toTensor('outputs')),
    interfaceFrom: url
      ? 'Read from the running server'
      : 'Told on the command line',
    notes: [
      ...(isInPlace ? ['The files of the server stay where they are'] : []),
      'Check it against the running server: ml check <directory> <url>',
    ],
  };
}

/** The address in front of `/v2`. */
export function baseOf(url: URL): string {
  return `${url.origin}${url.pathname.replace(/\/v2(\/.*)?$/, '')}`.replace(
    /\/+$/,
    '',
  );
}

function portOf(url: URL): number {
  if (url.port) return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}
