/**
 * How a registry that answers 401 wants to be asked.
 * @public
 */
export type RegistryChallenge =
  | { scheme: 'basic' }
  | { scheme: 'bearer'; realm: string; service?: string; scope?: string };

/**
 * Reads a `WWW-Authenticate` header (RFC 9110, section 11.6.1); undefined when
 * we know no answer to it.
 * @public
 */
export function parseChallenge(
  header: string | null | undefined,
): RegistryChallenge | undefined {
  const [, scheme = '', rest = ''] =
    /^\s*(\w+)\s*(.*)$/s.exec(header ?? '') ?? [];
  if (/^basic$/i.test(scheme)) return { scheme: 'basic' };
  if (!/^bearer$/i.test(scheme)) return undefined;
  const parameters = new Map(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [
      name.toLocaleLowerCase('en-US'),
      value,
    ]),
  );
  const realm = parameters.get('realm');
  if (!realm) return undefined;
  return {
    scheme: 'bearer',
    realm,
    service: parameters.get('service'),
    scope: parameters.get('scope'),
  };
}
