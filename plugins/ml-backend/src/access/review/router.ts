import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { accessReviewCsv } from '@ml-platform/plugin-ml-common';
import type express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../../http/requestContext';
import { validate } from '../../http/validate';
import type { AccessReviewService } from './AccessReviewService';

const moment = z.iso
  .date()
  .or(z.iso.datetime({ offset: true }))
  .transform(text => new Date(text).toISOString());

const querySchema = z.object({
  from: moment,
  to: moment,
  format: z.enum(['json', 'csv']).default('json'),
});

export function createAccessReviewRouter(options: {
  accessReview: AccessReviewService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { accessReview, httpAuth } = options;
  const router = Router();

  router.get('/access-review', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { format, ...period } = validate(querySchema, request.query);
    const review = await accessReview.review(context, period);
    if (format === 'json') {
      response.json(review);
      return;
    }
    response.attachment(
      `access-review_${period.from.slice(0, 10)}_${period.to.slice(0, 10)}.csv`,
    );
    response.type('text/csv').send(accessReviewCsv(review));
  });

  return router;
}
