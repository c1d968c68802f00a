import { useCallback, useEffect, useReducer, useRef } from 'react';
import { useApi } from '@backstage/core-plugin-api';
import { mlApiRef, type MlApi } from '../api/MlApi';
import {
  type DeploymentSignal,
  useDeploymentSignal,
} from './useDeploymentSignal';

/** How often a view asks again by itself while something is under way. */
const SAFETY_INTERVAL = 10_000;

/** @internal */
export type QueryState<T> =
  | { status: 'loading' }
  | { status: 'failed'; error: unknown }
  | {
      status: 'ready';
      data: T;
      loadedAt: number;
      /** The data belongs to an earlier key, and the one asked for is on its way. */
      outdated: boolean;
      /** Why the last refresh failed; the data is older than it should be. */
      staleError?: unknown;
    };

/** @internal */
export type Query<T> = QueryState<T> & { reload: () => void };

interface QueryOptions<T> {
  /** Names what is loaded. Another key loads anew. */
  key: string;
  load: (api: MlApi) => Promise<T>;
  /** Which signals make the data old; all of them by default. */
  concerns?: (signal: DeploymentSignal) => boolean;
  /** Something is under way, so ask again now and then even without a signal. */
  underWay?: (data: T) => boolean;
  /** Show the data of the earlier key until that of the new one has come. */
  keepPrevious?: boolean;
}

type Action<T> =
  | { type: 'start'; keep: boolean }
  | { type: 'loaded'; data: T }
  | { type: 'failed'; error: unknown };

function reduce<T>(state: QueryState<T>, action: Action<T>): QueryState<T> {
  switch (action.type) {
    case 'start':
      return state.status === 'ready' && action.keep
        ? { ...state, outdated: true }
        : { status: 'loading' };
    case 'loaded':
      return {
        status: 'ready',
        data: action.data,
        loadedAt: Date.now(),
        outdated: false,
      };
    default:
      // Old data of this very key beats an error page; that of another does not.
      return state.status === 'ready' && !state.outdated
        ? { ...state, staleError: action.error }
        : { status: 'failed', error: action.error };
  }
}

/**
 * Loads something from the control plane and keeps it fresh: on signals, when
 * the window gets the focus, and slowly while a release is under way. Shows old
 * data while it loads again, and says so when that fails.
 */
export function useMlQuery<T>(options: QueryOptions<T>): Query<T> {
  const api = useApi(mlApiRef);
  const [state, dispatch] = useReducer(reduce<T>, { status: 'loading' });
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });

  const run = useRef({ key: options.key, busy: false, again: false });
  const refresh = useCallback(async () => {
    const mine = run.current;
    if (mine.busy) {
      // What is being read may be older than the signal: read once more after.
      mine.again = true;
      return;
    }
    mine.busy = true;
    do {
      mine.again = false;
      const outcome: Action<T> = await latest.current.load(api).then(
        data => ({ type: 'loaded', data }),
        error => ({ type: 'failed', error }),
      );
      if (run.current !== mine) return;
      dispatch(outcome);
    } while (mine.again);
    mine.busy = false;
  }, [api]);

  const { key, keepPrevious = false } = options;
  useEffect(() => {
    const mine = { key, busy: false, again: false };
    run.current = mine;
    dispatch({ type: 'start', keep: keepPrevious });
    refresh();
    return () => {
      // Whatever is still in flight belongs to nobody.
      if (run.current === mine) run.current = { ...mine, busy: false };
    };
  }, [key, keepPrevious, refresh]);

  useDeploymentSignal(signal => {
    const concerns = options.concerns?.(signal) ?? true;
    if (concerns || signal.model === undefined) refresh();
  });

  useEffect(() => {
    const onFocus = () => {
      if (document.visibilityState !== 'hidden') refresh();
    };
    window.addEventListener('focus', onFocus);
    return () => window.removeEventListener('focus', onFocus);
  }, [refresh]);

  const underWay =
    state.status === 'ready' && Boolean(options.underWay?.(state.data));
  useEffect(() => {
    if (!underWay) return undefined;
    const timer = setInterval(refresh, SAFETY_INTERVAL);
    return () => clearInterval(timer);
  }, [underWay, refresh]);

  const { status } = state;
  const reload = useCallback(() => {
    if (status === 'failed') dispatch({ type: 'start', keep: false });
    refresh();
  }, [refresh, status]);

  return { ...state, reload };
}
