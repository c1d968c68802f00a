import { useCallback, useMemo } from 'react';
import { parseSelection, toggleVersion } from '../lib/compareSelection';
import { useSearchParameter } from './useSearchParameter';

/** Which versions are chosen for a comparison, kept in the address. */
export function useCompareSelection() {
  const [text, setText] = useSearchParameter('compare');
  const [view, setView] = useSearchParameter('view');
  const selection = useMemo(() => parseSelection(text), [text]);
  const toggle = useCallback(
    (version: string) =>
      setText(toggleVersion(selection, version).join(',') || undefined),
    [selection, setText],
  );
  return {
    selection,
    toggle,
    clear: () => setText(undefined),
    isOpen: view === 'compare',
    open: () => setView('compare'),
    close: () => setView(undefined),
  };
}
