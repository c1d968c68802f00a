import { z } from 'zod';

/** A path inside of a package. */
export const relativePath = z
  .string()
  .min(1)
  .max(512)
  .refine(
    path =>
      !path.startsWith('/') &&
      !path.includes('\\') &&
      path.split('/').every(part => part !== '..' && part !== ''),
    'must be a relative path inside the package, with forward slashes',
  );
