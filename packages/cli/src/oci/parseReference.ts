import { usageError } from '../commands/parseRef';

/** An image or artifact in a registry. */
export interface RegistryReference {
  /** Base URL of the registry. */
  base: string;
  /** Host and port as written, which accounts are kept under. */
  host: string;
  repository: string;
  tag?: string;
  digest?: string;
}

const HOST =
  /^(?:[\w-]+(?:\.[\w-]+)+|localhost|\[[\da-f:]+\])(?::\d+)?$|^[\w-]+:\d+$/i;
const REPOSITORY =
  /^[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*(?:\/[a-z\d]+(?:(?:[._]|__|-+)[a-z\d]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[\da-f]{64}$/;
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i;

/**
 * Whether a text names something in a registry rather than a place on disk: it
 * begins with a host, which has a dot, a port or is localhost, and a slash.
 * `./` in front makes anything a path.
 */
export function isRegistryReference(text: string): boolean {
  const slash = text.indexOf('/');
  return (
    slash > 0 &&
    !/^\.{1,2}$/.test(text.slice(0, slash)) &&
    HOST.test(text.slice(0, slash))
  );
}

/** Reads `host[:port]/repository[:tag][@digest]`. Plain HTTP is spoken to this machine, or where it is allowed. */
export function parseReference(
  option: string,
  text: string,
  { plainHttp = false }: { plainHttp?: boolean } = {},
): RegistryReference {
  if (!isRegistryReference(text)) {
    throw usageError(
      `${option}: '${text}' does not begin with the host of a registry`,
      'Write for example registry.example.org/team/wine-classifier:1.0.0.',
    );
  }
  const slash = text.indexOf('/');
  const host = text.slice(0, slash);
  const [named, digest, ...more] = text.slice(slash + 1).split('@');
  const [repository, tag, ...rest] = named.split(':');
  const wrong =
    (!REPOSITORY.test(repository) &&
      'its repository may have lower-case letters, digits and . _ - / only') ||
    (tag !== undefined && !TAG.test(tag) && `'${tag}' is not a tag`) ||
    (digest !== undefined &&
      !DIGEST.test(digest) &&
      `'${digest}' is not a digest`) ||
    ((more.length || rest.length) && 'it has too many parts');
  if (wrong) throw usageError(`${option}: '${text}' is no reference: ${wrong}`);
  const scheme = plainHttp || LOOPBACK.test(host) ? 'http' : 'https';
  const server = host === 'docker.io' ? 'registry-1.docker.io' : host;
  return { base: `${scheme}://${server}`, host, repository, tag, digest };
}
