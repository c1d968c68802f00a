/**
 * Has a field say what is wrong with it, at once and in its own place. The
 * field then describes itself with it for assistive technology, too.
 */
export function says(problem: string | undefined) {
  return {
    validationBehavior: 'aria' as const,
    validate: () => problem,
  };
}
