import { usageError } from './parseRef';

const REF = /^(?:(user|group):)?(?:([\w.-]+)\/)?([\w.-]+)$/i;

/**
 * Completes and lower-cases the reference of a user or group, as the portal
 * compares them: `group:Team` is `group:default/team`.
 */
export function parseEntityRef(
  option: string,
  text: string,
  defaultKind?: 'group',
): string {
  const [, kind = defaultKind, namespace = 'default', name] =
    REF.exec(text) ?? [];
  if (!kind || !name) {
    throw usageError(
      `${option}: '${text}' is no reference of a user or group`,
      'Write user:default/name or group:default/name.',
    );
  }
  return `${kind}:${namespace}/${name}`.toLocaleLowerCase('en-US');
}
