import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The certificate in the file that a variable names. */
export function readPem(
  env: NodeJS.ProcessEnv,
  name: string,
  problems: string[],
): string | undefined {
  const path = env[name];
  if (!path) return undefined;
  try {
    const text = readFileSync(path, 'utf8');
    // Throws when it is none.
    return new X509Certificate(text) && text;
  } catch (error) {
    problems.push(`${name}: ${path}: ${(error as Error).message}`);
    return undefined;
  }
}
