import type { HttpAuthService } from '@backstage/backend-plugin-api';
import {
  CAPABILITIES,
  ENVIRONMENTS,
  TOKEN_AUDIENCES,
} from '@ml-platform/plugin-ml-common';
import express from 'express';
import Router from 'express-promise-router';
import { z } from 'zod';
import { requestIdOf, toContext } from '../http/requestContext';
import { validate } from '../http/validate';
import type { ServiceAccountService } from './ServiceAccountService';
import type { TokenExchange } from './TokenExchange';

/** Where programs without a token come; mounted without Backstage's own check. */
export const EXCHANGE_PATH = '/service-accounts/exchange';

const name = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/,
    'must be 1 to 40 lower-case letters, digits and dashes',
  );
const capabilities = z.array(z.enum(CAPABILITIES)).min(1).max(20);
const models = z.array(z.string().min(1).max(63)).min(1).max(50);

const createSchema = z.strictObject({
  team: z.string().regex(/^group:[^/\s]+\/[^/\s]+$/, {
    message: 'must be a group in full form, e.g. group:default/quality-team',
  }),
  name,
  description: z.string().trim().min(1).max(500),
  capabilities,
  models,
  environments: z.array(z.enum(ENVIRONMENTS)).min(1).optional(),
  trust: z
    .strictObject({
      issuer: z.url(),
      audience: z.string().min(1).max(200),
      subject: z
        .string()
        .min(1)
        .max(300)
        .refine(subject => subject.replace(/[*:]/g, '').length >= 8, {
          message:
            'must name more than this, such as repo:org/name:ref:refs/heads/main',
        }),
    })
    .optional(),
  limits: z
    .strictObject({
      requestsPerSecond: z.number().positive().max(1_000_000).optional(),
      concurrency: z.int().min(1).max(100_000).optional(),
    })
    .optional(),
});

const lifetimeSeconds = z.int().min(60).optional();
const tokenFields = {
  lifetimeSeconds,
  audience: z.array(z.enum(TOKEN_AUDIENCES)).min(1).optional(),
  capabilities: capabilities.optional(),
  models: models.optional(),
};
const tokenSchema = z.strictObject(tokenFields);
const certificateSchema = z.strictObject({
  csr: z.string().min(1).max(16_384),
  lifetimeSeconds,
});
const revokeSchema = z.strictObject({
  reason: z.string().trim().min(1).max(2000),
});
const exchangeSchema = z.union([
  z.strictObject({
    ...tokenFields,
    account: z.string().min(1).max(160),
    ciToken: z.string().min(1).max(16_384),
  }),
  z.strictObject({ ...tokenFields, assertion: z.string().min(1).max(16_384) }),
]);

export function createServiceAccountsRouter(options: {
  serviceAccounts: ServiceAccountService;
  tokenExchange: TokenExchange;
  httpAuth: HttpAuthService;
}): express.Router {
  const { httpAuth, serviceAccounts, tokenExchange } = options;
  const router = Router();
  const json = express.json({ limit: '64kb' });
  const at = `/service-accounts/:team/:name`;
  const refOf = ({ params }: express.Request) =>
    `service-account:${params.team}/${params.name}`;

  router.post(EXCHANGE_PATH, json, async (request, response) => {
    const { assertion, account, ciToken, ...wanted } = validate(
      exchangeSchema,
      request.body ?? {},
    ) as z.infer<typeof tokenSchema> & {
      assertion?: string;
      account?: string;
      ciToken?: string;
    };
    const proof =
      assertion === undefined
        ? { account: account!, ciToken: ciToken! }
        : { assertion };
    response
      .set('cache-control', 'no-store')
      .status(201)
      .json(await tokenExchange.exchange(proof, wanted, requestIdOf(request)));
  });

  router.get('/service-accounts', async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json({ items: await serviceAccounts.list(context) });
  });

  router.post('/service-accounts', json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const wanted = validate(createSchema, request.body ?? {});
    response.status(201).json(await serviceAccounts.create(context, wanted));
  });

  router.get(at, async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(await serviceAccounts.get(context, refOf(request)));
  });

  router.post(`${at}/revoke`, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const { reason } = validate(revokeSchema, request.body ?? {});
    response.json(
      await serviceAccounts.revoke(context, refOf(request), reason),
    );
  });

  router.post(`${at}/tokens`, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const wanted = validate(tokenSchema, request.body ?? {});
    response
      .set('cache-control', 'no-store')
      .status(201)
      .json(await serviceAccounts.issueToken(context, refOf(request), wanted));
  });

  router.post(`${at}/certificates`, json, async (request, response) => {
    const context = await toContext(request, httpAuth);
    const wanted = validate(certificateSchema, request.body ?? {});
    response
      .status(201)
      .json(
        await serviceAccounts.issueCertificate(context, refOf(request), wanted),
      );
  });

  router.delete(`${at}/credentials/:id`, async (request, response) => {
    const context = await toContext(request, httpAuth);
    response.json(
      await serviceAccounts.revokeCredential(
        context,
        refOf(request),
        request.params.id,
      ),
    );
  });

  return router;
}
