import { ConflictError, NotFoundError } from '@backstage/errors';

/**
 * Says which action helps. The services' own messages name commands of `ml`,
 * which a caller of actions may not have.
 */
export async function withHint<T>(
  work: Promise<T>,
  hints: { notFound?: string; conflict?: string },
): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof NotFoundError && hints.notFound) {
      throw new NotFoundError(`${error.message}. ${hints.notFound}`);
    }
    if (error instanceof ConflictError && hints.conflict) {
      throw new ConflictError(`${error.message}. ${hints.conflict}`);
    }
    throw error;
  }
}

export const FIND_MODELS =
  'With actions: list-models gives the models that you may see';
export const FIND_VERSIONS =
  'With actions: list-models gives the models that you may see, search-versions their versions';
