import type { Logger } from '../log/Logger';
import type { ServingPlane } from '../serving/ServingPlane';
import type { SupervisedRole } from './SupervisedRole';

/** Does what the supervisor says: gives way to a successor, or goes on after all. */
export function followSupervisor(options: {
  role: SupervisedRole;
  plane: ServingPlane;
  /** Finishes what is under way and lets go of everything. */
  retire(): Promise<void>;
  logger: Logger;
}): void {
  const { logger, plane, retire, role } = options;
  const fail = (error: Error) => {
    logger.error('An upgrade met an error', { reason: error.message });
  };
  role.on('freeze', () => {
    plane
      .freeze()
      .then(
        () => role.say({ type: 'frozen', ready: plane.readyVersions() }),
        fail,
      );
  });
  role.on('thaw', () => {
    plane.thaw().catch(fail);
  });
  role.on('retire', () => {
    retire().then(
      () => process.exit(0),
      error => {
        fail(error);
        process.exit(1);
      },
    );
  });
  // Another supervisor needs the addresses, and nobody would start us again.
  role.onOrphaned(() => process.kill(process.pid, 'SIGTERM'));
}
