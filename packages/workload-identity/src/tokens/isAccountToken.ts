import { decodeProtectedHeader } from 'jose';
import { TOKEN_TYPE } from './claims';

/** Whether a text is meant as a token of a service account; says nothing of whether it is valid. @public */
export function isAccountToken(token: string): boolean {
  if (token.split('.').length !== 3) return false;
  try {
    return decodeProtectedHeader(token).typ === TOKEN_TYPE;
  } catch {
    return false;
  }
}
