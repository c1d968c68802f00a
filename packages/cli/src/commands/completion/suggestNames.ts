import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MlClient } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { cacheFolder } from '@ml-platform/packaging';

/** Nobody waits longer for a completion. */
const LIMIT = 300;
const CACHE_TIME = 60_000;

/** Models; versions and aliases of one; open approvals: for an argument that takes them. */
export async function suggestNames(
  context: CommandContext,
  argument: string,
  word: string,
  first = '',
): Promise<string[]> {
  const found = await Promise.race([
    read(context, argument, word, first),
    sleep(LIMIT, [], { ref: false }),
  ]);
  return found.filter(name => name.startsWith(word));
}

async function read(
  context: CommandContext,
  argument: string,
  word: string,
  first: string,
): Promise<string[]> {
  const [model] = first.split('@');
  if (argument === 'approval') return approvals(context);
  if (argument === 'version') return names(await versions(context, model));
  if (argument === 'alias') return aliases(await versions(context, model));
  if (argument === 'others') {
    const known = await versions(context, model);
    return [...names(known), ...aliases(known)];
  }
  if (!argument.startsWith('model')) return [];
  if (argument.includes('@') && word.includes('@')) {
    const [named] = word.split('@');
    const known = await versions(context, named);
    return [
      ...names(known),
      ...(argument.includes('alias') ? aliases(known) : []),
    ].map(name => `${named}@${name}`);
  }
  const models = await cached(context, 'models', async client => {
    const { items } = await client.listModels({ limit: 100 });
    return items.map(item => item.name);
  });
  return argument.startsWith('model@')
    ? models.map(name => `${name}@`)
    : models;
}

interface KnownVersion {
  version: string;
  aliases: string[];
}

function versions(context: CommandContext, model: string) {
  return cached<KnownVersion>(context, `refs-${model}`, async client => {
    const { items } = await client.listVersions(model, { limit: 100 });
    return items.map(item => ({
      version: item.version,
      aliases: item.aliases,
    }));
  });
}

function names(known: KnownVersion[]) {
  return known.map(item => item.version);
}

function aliases(known: KnownVersion[]) {
  return known.flatMap(item => item.aliases);
}

function approvals(context: CommandContext) {
  return cached(context, 'approvals', async client => {
    const { items } = await client.approvals.list({ state: 'pending' });
    return items.map(item => item.id);
  });
}

async function cached<T = string>(
  { connect, env }: CommandContext,
  key: string,
  load: (client: MlClient) => Promise<T[]>,
): Promise<T[]> {
  try {
    const { connection, client } = await connect();
    const host = connection.url.replace(/\W+/g, '-');
    const file = join(cacheFolder(env), 'completion', `${host}-${key}.json`);
    const found = await stat(file).catch(() => undefined);
    if (found && Date.now() - found.mtimeMs < CACHE_TIME) {
      return JSON.parse(await readFile(file, 'utf8'));
    }
    const items = await load(client);
    await mkdir(dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, JSON.stringify(items), { mode: 0o600 });
    return items;
  } catch {
    // A completion that fails is an empty one.
    return [];
  }
}
