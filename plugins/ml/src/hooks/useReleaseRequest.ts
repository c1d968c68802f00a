import type { Release } from '@ml-platform/plugin-ml-common';
import type { MlApi } from '../api/MlApi';
import { texts } from '../texts';
import { useRequest } from './useRequest';

/** Asks for a release on behalf of a dialog. */
export function useReleaseRequest(options: {
  send: (api: MlApi) => Promise<Release>;
  onStarted: () => void;
  onClose: () => void;
}) {
  const { send, onStarted, onClose } = options;
  return useRequest({
    send,
    done: texts.deploy.started,
    onDone: onStarted,
    onClose,
  });
}
