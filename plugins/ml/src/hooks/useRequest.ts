import { useState } from 'react';
import { toastApiRef } from '@backstage/frontend-plugin-api';
import { useApi } from '@backstage/core-plugin-api';
import { mlApiRef, type MlApi } from '../api/MlApi';
import { messageOf } from '../lib/errors';

/** @internal */
export interface Request {
  submit: () => Promise<void>;
  sending: boolean;
  /** Why the server refused. */
  error?: string;
}

/** Asks for a change on behalf of a dialog, which closes when it is made. */
export function useRequest<T>(options: {
  send: (api: MlApi) => Promise<T>;
  /** What to tell when it is done. */
  done: (result: T) => string;
  onDone: () => void;
  onClose: () => void;
}): Request {
  const { send, done, onDone, onClose } = options;
  const api = useApi(mlApiRef);
  const toasts = useApi(toastApiRef);
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<string>();

  async function submit() {
    setSending(true);
    setError(undefined);
    try {
      const result = await send(api);
      toasts.post({ title: done(result), status: 'info', timeout: 6000 });
      onDone();
      onClose();
    } catch (e) {
      setError(messageOf(e));
    } finally {
      setSending(false);
    }
  }
  return { submit, sending, error };
}
