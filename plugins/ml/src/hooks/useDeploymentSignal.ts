import { useEffect, useRef } from 'react';
import { useApiHolder } from '@backstage/core-plugin-api';
import { signalApiRef } from '@backstage/plugin-signals-react';

/** Channel on which the backend tells that a release or a health changed. */
export const DEPLOYMENTS_CHANNEL = 'ml:deployments';

/** A message of the channel. It says what to read again, not what is true. */
export type DeploymentSignal = {
  /** Absent where the backend cannot tell who may know: it may be any. */
  model?: string;
  environment?: string;
  releaseId?: string;
};

/**
 * Calls the listener for each message. Unlike `useSignal` it sees every one,
 * also when several arrive within one render; without a signals backend it
 * does nothing.
 */
export function useDeploymentSignal(
  listener: (signal: DeploymentSignal) => void,
) {
  const signals = useApiHolder().get(signalApiRef);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const subscription = signals?.subscribe<DeploymentSignal>(
      DEPLOYMENTS_CHANNEL,
      message => latest.current(message),
    );
    return () => subscription?.unsubscribe();
  }, [signals]);
}
