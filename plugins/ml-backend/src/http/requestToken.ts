import type { Request } from 'express';

/**
 * The token that a tool brings: as bearer token, or as the password of Basic
 * authentication, which is all that some can do.
 */
export function requestToken(req: Request): string | undefined {
  const [scheme, value] = (req.header('authorization') ?? '').split(' ');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic': {
      const [, ...password] = Buffer.from(value ?? '', 'base64')
        .toString('utf8')
        .split(':');
      return password.join(':');
    }
    default:
      return undefined;
  }
}
