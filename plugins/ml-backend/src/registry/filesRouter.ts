import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import type express from 'express';
import Router from 'express-promise-router';
import { sendWhileAllowed } from '../http/sendWhileAllowed';
import { toContext } from '../http/requestContext';
import type { VersionFiles } from './VersionFiles';

/** Under this path a browser's plain link is let in, by a cookie. */
export const FILES_PATH = '/files';

/** Files of versions, streamed. */
export function createFilesRouter(options: {
  files: VersionFiles;
  httpAuth: HttpAuthService;
}): express.Router {
  const { files, httpAuth } = options;
  const router = Router();

  router.get(`${FILES_PATH}/:model/:version/*`, async (request, response) => {
    const context = await toContext(request, httpAuth, { allowCookie: true });
    const {
      model,
      version,
      0: path,
    } = request.params as Record<string, string>;
    const { file, blob, mayStill } = await files.open(context, {
      ...{ model, version, path },
    });
    // What a team uploaded is never run as part of the portal.
    response
      .attachment(path.split('/').at(-1))
      .type('application/octet-stream')
      .set({
        'Content-Length': String(blob.size),
        'Content-Security-Policy': "default-src 'none'; sandbox",
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-cache',
        ETag: `"${file.digest}"`,
      });
    if (request.fresh) {
      blob.stream.destroy();
      response.status(304).end();
      return;
    }
    await sendWhileAllowed(blob.stream, response, {
      mayStill,
      toError: () =>
        new NotAllowedError(
          'The right to read this was revoked while it was read',
        ),
    });
  });

  return router;
}
