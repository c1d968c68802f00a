import { resolve } from 'node:path';
import { z } from 'zod';

/** What the provider is told by its environment. */
export interface ProviderConfig {
  host: string;
  /** 0 takes any free port. */
  port: number;
  /** Holds keys, and who is signed in. */
  dataDir: string;
  /** Catalog file with the people. */
  peopleFile: string;
  client: { id: string; secret: string; redirectUris: string[] };
}

const LOOPBACK = ['127.0.0.1', '::1', 'localhost'];

const schema = z.object({
  ML_IDENTITY_HOST: z
    .enum(LOOPBACK, {
      error: `must be one of ${LOOPBACK.join(
        ', ',
      )}: anybody who reaches this provider can be anybody`,
    })
    .default('127.0.0.1'),
  ML_IDENTITY_PORT: z.coerce
    .number({ error: 'must be a port number' })
    .int()
    .min(0)
    .max(65535)
    .default(7011),
  ML_IDENTITY_DIR: z.string({ error: 'names the folder for its data' }).min(1),
  ML_IDENTITY_PEOPLE: z
    .string({ error: 'names the catalog file with the people' })
    .min(1),
  ML_IDENTITY_CLIENT: z.string().min(1).default('ml-portal'),
  ML_IDENTITY_SECRET: z
    .string({ error: 'is the secret that the portal knows' })
    .min(16, 'must have 16 characters or more'),
  ML_IDENTITY_REDIRECTS: z
    .string({ error: "lists the portal's callback addresses" })
    .transform(text => text.split(/[\s,]+/).filter(Boolean))
    .pipe(z.array(z.url()).min(1)),
});

/** @throws when it is told to be reachable, to run in production, or too little */
export function readConfig(env: NodeJS.ProcessEnv): ProviderConfig {
  if (env.NODE_ENV === 'production') {
    throw new Error(
      'NODE_ENV: is production, where people sign in with the identity provider of their company. See docs/how-to/sign-in.md',
    );
  }
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    throw new Error(
      parsed.error.issues
        .map(issue => `${issue.path.join('.')}: ${issue.message}`)
        .join('\n'),
    );
  }
  const config = parsed.data;
  return {
    host: config.ML_IDENTITY_HOST,
    port: config.ML_IDENTITY_PORT,
    dataDir: resolve(config.ML_IDENTITY_DIR),
    peopleFile: resolve(config.ML_IDENTITY_PEOPLE),
    client: {
      id: config.ML_IDENTITY_CLIENT,
      secret: config.ML_IDENTITY_SECRET,
      redirectUris: config.ML_IDENTITY_REDIRECTS,
    },
  };
}
