import type { Logger } from '../log/Logger';
import { TlsFiles, type TlsPaths } from './TlsFiles';

/** What listens. @public */
export type ListenerName = 'production' | 'staging' | 'control' | 'ops';

/** Certificates of the listeners that speak TLS; the others speak plain HTTP. @public */
export type TlsConfig = Partial<Record<ListenerName, TlsPaths>>;

/** TLS of all listeners. */
export type ListenersTls = Partial<Record<ListenerName, TlsFiles>>;

/** Certificates that cannot be used; the message is for people. */
export class TlsError extends Error {}

/** Reads the certificates of all listeners, or throws an error that names the file. */
export function openTls(config: TlsConfig, logger: Logger): ListenersTls {
  const opened: ListenersTls = {};
  for (const [name, paths] of Object.entries(config)) {
    try {
      opened[name as ListenerName] = TlsFiles.open(paths, name, logger);
    } catch (error) {
      closeTls(opened);
      throw new TlsError(
        `TLS of the listener '${name}' cannot start: ${
          (error as Error).message
        }`,
      );
    }
  }
  return opened;
}

export function closeTls(tls: ListenersTls): void {
  for (const files of Object.values(tls)) files.close();
}
