import { useCallback } from 'react';
import { useSearchParams } from 'react-router-dom';

/** One parameter of the URL; the others stay as they are. */
export function useSearchParameter(
  name: string,
): [string | undefined, (value: string | undefined) => void] {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (value: string | undefined) =>
      setParameters(previous => {
        const next = new URLSearchParams(previous);
        if (value === undefined) next.delete(name);
        else next.set(name, value);
        return next;
      }),
    [name, setParameters],
  );
  return [parameters.get(name) ?? undefined, set];
}
