/** What a registry answers with 401: how it wants to be asked. */
export type Challenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; parameters: Record<string, string> };

/** Reads a `WWW-Authenticate` header; undefined when we know no answer to it. */
export function parseChallenge(header: string | null): Challenge | undefined {
  const [, scheme = '', rest = ''] =
    /^\s*(\w+)\s*(.*)$/s.exec(header ?? '') ?? [];
  if (/^basic$/i.test(scheme)) return { scheme: 'basic' };
  if (!/^bearer$/i.test(scheme)) return undefined;
  const { realm, ...parameters } = Object.fromEntries(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
  return realm ? { scheme: 'bearer', realm, parameters } : undefined;
}
