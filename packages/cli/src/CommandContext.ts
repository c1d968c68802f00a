import type { MlClient } from '@ml-platform/plugin-ml-common';
import type { Connection, FoundPortal } from './connection/findConnection';
import type { Output } from './output/Output';

/** Options that every command has. */
export interface GlobalOptions {
  json?: boolean;
  format?: string;
  url?: string;
  input: boolean;
  quiet?: boolean;
  color: boolean;
  debug?: boolean;
}

/** What a command works with. */
export interface CommandContext {
  output: Output;
  env: NodeJS.ProcessEnv;
  /** The command line as typed, to name it again in a message. */
  argv: readonly string[];
  /** Whether questions may be asked. */
  canAsk: boolean;
  /** Where the portal is, whether or not somebody is signed in there. */
  portal(): Promise<FoundPortal>;
  /** Fails with exit code 4 when no portal is configured, or nobody signed in. */
  connect(): Promise<{ connection: Connection; client: MlClient }>;
  /** Sets what is said when Ctrl-C ends the command. */
  onInterrupt(message: () => string): void;
}
