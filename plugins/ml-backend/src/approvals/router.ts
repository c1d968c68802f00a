import type { HttpAuthService } from '@backstage/backend-plugin-api';
import { InputError } from '@backstage/errors';
import {
  APPROVAL_DECISIONS,
  type ApprovalDecision,
  REVIEW_VERDICTS,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { toContext } from '../http/requestContext';
import { pageQuerySchema, validate } from '../http/validate';
import type { ApprovalService } from './ApprovalService';

const listSchema = pageQuerySchema.extend({
  state: z
    .enum(['pending', 'approved', 'denied', 'withdrawn', 'expired', 'used'])
    .optional(),
  model: z.string().max(63).optional(),
  review: z.literal('open').optional(),
});

const decisionSchema = z.strictObject({
  comment: z.string().min(1).max(2000).optional(),
});

const breakGlassSchema = z.strictObject({
  reason: z.string().trim().min(10).max(2000),
});

const reviewSchema = z.strictObject({
  verdict: z.enum(REVIEW_VERDICTS),
  comment: z.string().min(1).max(2000).optional(),
});

export function createApprovalsRouter(options: {
  approvals: ApprovalService;
  httpAuth: HttpAuthService;
}): express.Router {
  const { approvals, httpAuth } = options;
  const router = Router();

  router.get('/approvals', async (request, response) => {
    const context = await toContext(request, httpAuth);
    const query = validate(listSchema, request.query);
    response.json(await approvals.list(context, query));
  });

  router.get('/approval-kinds', async (request, response) => {
    await toContext(request, httpAuth);
    response.json({ items: approvals.listKinds() });
  });

  router.get('/approvals/:id', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await approvals.get(context, request.params.id));
  });

  router.post(
    '/approvals/:id/break-glass',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { reason } = validate(breakGlassSchema, request.body ?? {});
      response.json(
        await approvals.breakGlass(context, request.params.id, reason),
      );
    },
  );

  router.post(
    '/approvals/:id/review',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const review = validate(reviewSchema, request.body ?? {});
      response.json(await approvals.review(context, request.params.id, review));
    },
  );

  router.post(
    '/approvals/:id/:decision',
    express.json({ limit: '64kb' }),
    async (request, response) => {
      const context = await toContext(request, httpAuth);
      const { decision, id } = request.params;
      if (!isDecision(decision)) {
        throw new InputError(
          `decision: '${decision}' is none; it is approve, deny or withdraw`,
        );
      }
      const { comment } = validate(decisionSchema, request.body ?? {});
      response.json(await approvals.decide(context, id, decision, comment));
    },
  );

  return router;
}

function isDecision(word: string): word is ApprovalDecision {
  return APPROVAL_DECISIONS.some(decision => decision === word);
}
