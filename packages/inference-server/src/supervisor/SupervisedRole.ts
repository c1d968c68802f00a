import type { Server } from 'node:net';
import {
  ROLE_VARIABLE,
  type ServerMessage,
  type SupervisorMessage,
} from './messages';
import { nextMessage } from './nextMessage';

/** A server's side of its supervisor. */
export class SupervisedRole {
  /** Undefined for a server that nobody supervises. */
  static find(): SupervisedRole | undefined {
    const role = process.env[ROLE_VARIABLE];
    return role && process.connected
      ? new SupervisedRole(role === 'successor')
      : undefined;
  }

  private constructor(readonly isSuccessor: boolean) {}

  say(message: ServerMessage): void {
    process.send?.(message);
  }

  on(type: SupervisorMessage['type'], act: () => void): void {
    process.on('message', (message: SupervisorMessage) => {
      if (message.type === type) act();
    });
  }

  /** The supervisor is gone. */
  onOrphaned(act: () => void): void {
    process.once('disconnect', act);
  }

  async untilTold(type: SupervisorMessage['type']): Promise<void> {
    await nextMessage<SupervisorMessage>(
      process,
      message => message.type === type,
    );
  }

  /** Listens on a socket of the supervisor's. */
  async listen(
    server: Server,
    { host, key, port }: { host: string; key: string; port: number },
  ): Promise<void> {
    const answer = nextMessage<SupervisorMessage>(
      process,
      message => message.type === 'listener' && message.key === key,
    );
    this.say({ type: 'listener', key, host, port });
    const { handle, message } = await answer;
    if (message.type === 'listener' && message.error !== undefined) {
      throw new Error(message.error);
    }
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(handle, resolve);
    });
  }
}
