import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import useDebounce from 'react-use/esm/useDebounce';
import type { Model, Page } from '@ml-platform/plugin-ml-common';
import { type Query, useMlQuery } from '../../hooks/useMlQuery';

const PAGE_SIZE = 20;
const TYPING_PAUSE = 250;

/** @internal */
export interface ModelsPageState {
  query: Query<Page<Model>>;
  /** What is searched for, as in the URL. */
  q: string;
  /** What stands in the search field, ahead of the URL while one types. */
  text: string;
  setText: (text: string) => void;
  clear: () => void;
  cursor?: string;
  nextCursor?: string;
  setCursor: (cursor: string | undefined) => void;
}

/** Search and page of the models, kept in the URL. */
export function useModelsPage(): ModelsPageState {
  const [parameters, setParameters] = useSearchParams();
  const q = parameters.get('q') ?? '';
  const cursor = parameters.get('cursor') ?? undefined;
  const [text, setText] = useState(q);

  const go = useCallback(
    (next: { q: string; cursor?: string }, replace = false) => {
      const search = new URLSearchParams();
      if (next.q) search.set('q', next.q);
      if (next.cursor) search.set('cursor', next.cursor);
      setParameters(search, { replace });
    },
    [setParameters],
  );

  // The other way round: "back" in the browser changes the field.
  useEffect(() => setText(q), [q]);
  useDebounce(
    () => {
      if (text.trim() !== q) go({ q: text.trim() }, true);
    },
    TYPING_PAUSE,
    [text],
  );

  const query = useMlQuery({
    key: `models:${q}:${cursor ?? ''}`,
    load: api => api.listModels({ limit: PAGE_SIZE, q, cursor }),
    underWay: page =>
      page.items.some(model =>
        model.deployments.some(({ activeRelease }) => activeRelease),
      ),
    keepPrevious: true,
  });
  const nextCursor =
    query.status === 'ready' && !query.outdated
      ? query.data.nextCursor
      : undefined;

  return {
    query,
    q,
    text,
    setText,
    clear: () => {
      setText('');
      go({ q: '' });
    },
    cursor,
    nextCursor,
    setCursor: next => go({ q, cursor: next }),
  };
}
