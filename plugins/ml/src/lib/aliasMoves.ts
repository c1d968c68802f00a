import type { AliasMove } from '@ml-platform/plugin-ml-common';
import type { MlApi } from '../api/MlApi';

/** A move of a named alias. */
export interface NamedMove extends AliasMove {
  alias: string;
}

/** Every move of an alias to or from a version, newest first. */
export async function loadAliasMoves(
  api: MlApi,
  model: string,
  version: string,
): Promise<NamedMove[]> {
  const { items } = await api.aliases.list(model);
  const histories = await Promise.all(
    items.map(async ({ name }) =>
      (
        await api.aliases.history(model, name)
      ).items.map(move => ({ ...move, alias: name })),
    ),
  );
  return histories
    .flat()
    .filter(move => move.to === version || move.from === version)
    .sort((one, other) => Date.parse(other.at) - Date.parse(one.at));
}
