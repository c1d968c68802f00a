import { toCliError } from '../errors/toCliError';

/** Asks the portal; one that is away for a moment leaves what was known. */
export async function untilReachable<T>(
  ask: () => Promise<T>,
  before: T,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const { code } = toCliError(error);
    if (!['UNREACHABLE', 'SERVER_ERROR'].includes(code)) throw error;
    return before;
  }
}
