import type {
  AuthService,
  DiscoveryService,
  HttpAuthService,
  LoggerService,
} from '@backstage/backend-plugin-api';
import { ResponseError } from '@backstage/errors';
import type {
  SearchResult,
  SearchResultSet,
} from '@backstage/plugin-search-common';
import express from 'express';
import Router from 'express-promise-router';
import type { ModelDocument } from './documents';
import { matchModelName } from './matchModelName';

const TYPE = 'ml-model';
/** Of many models whose names begin so, the ones with the shortest names. */
const MOST_FIRST = 5;
const TIMEOUT_MS = 5_000;
/** Marks the question of ours, which must not ask again. */
const INNER_HEADER = 'x-ml-models-only';

/**
 * Puts a model whose name is what was typed, or begins so, before everything
 * else that is found. Engines rank by how often words occur, and manuals repeat
 * the names of examples more often than any model does. It runs before the
 * search's own route and asks that for the models, so it holds with every
 * engine, and shows nobody what the search would not.
 */
export function createModelsFirst(options: {
  auth: AuthService;
  discovery: DiscoveryService;
  httpAuth: HttpAuthService;
  logger: LoggerService;
}): express.Router {
  const { logger } = options;
  const router = Router();
  router.get('/query', async (request, response, next) => {
    if (!concernsModels(request)) return next();
    const term = String(request.query.term);
    const first = await findModels(options, request, term).catch(error => {
      // The search is worth having in the engine's own order, too.
      logger.warn(`Models are not put first in a search: ${error.message}`);
      return [];
    });
    if (first.length) {
      const { json } = response;
      response.json = body =>
        json.call(
          response,
          isResultSet(body)
            ? putFirst(body, first, !request.query.pageCursor)
            : body,
        );
    }
    return next();
  });
  return router;
}

function concernsModels({ headers, query }: express.Request): boolean {
  const { term, types } = query;
  return (
    typeof term === 'string' &&
    term.trim() !== '' &&
    headers[INNER_HEADER] === undefined &&
    (types === undefined || [types].flat().includes(TYPE))
  );
}

/** The models that the search shows the caller, those with the fitting names. */
async function findModels(
  options: Parameters<typeof createModelsFirst>[0],
  request: express.Request,
  term: string,
): Promise<SearchResult[]> {
  const { auth, discovery, httpAuth } = options;
  const { token } = await auth.getPluginRequestToken({
    onBehalfOf: await httpAuth.credentials(request),
    targetPluginId: 'search',
  });
  const question = new URL(
    request.originalUrl.slice(request.originalUrl.indexOf('?')),
    `${await discovery.getBaseUrl('search')}/query`,
  );
  const { searchParams } = question;
  for (const name of [...searchParams.keys()]) {
    // With its filters, but for models alone and from the beginning.
    if (/^types|^page/.test(name)) searchParams.delete(name);
  }
  searchParams.set('types[0]', TYPE);
  const response = await fetch(question, {
    headers: { authorization: `Bearer ${token}`, [INNER_HEADER]: 'yes' },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw await ResponseError.fromResponse(response);
  const { results } = (await response.json()) as SearchResultSet;
  return results
    .map(result => {
      const { model, title } = result.document as ModelDocument;
      return { result, distance: matchModelName(term, [model, title]) };
    })
    .filter(({ distance }) => distance !== undefined)
    .sort((a, b) => a.distance! - b.distance!)
    .slice(0, MOST_FIRST)
    .map(({ result }) => result);
}

/** On every page but the first they are left out: they were shown already. */
function putFirst(
  found: SearchResultSet,
  first: SearchResult[],
  isFirstPage: boolean,
): SearchResultSet {
  const places = new Set(first.map(({ document }) => document.location));
  const others = found.results.filter(
    ({ document, type }) => type !== TYPE || !places.has(document.location),
  );
  if (!isFirstPage) return { ...found, results: others };
  return {
    ...found,
    results: [...first, ...others].map((result, index) => ({
      ...result,
      ...(result.rank !== undefined && { rank: index + 1 }),
    })),
  };
}

function isResultSet(body: unknown): body is SearchResultSet {
  return Array.isArray((body as SearchResultSet | undefined)?.results);
}
