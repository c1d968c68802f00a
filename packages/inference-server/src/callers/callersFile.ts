import { ENVIRONMENTS } from '@ml-platform/plugin-ml-common';
import { parse } from 'yaml';
import { z } from 'zod';

const consumerName = z
  .string()
  .regex(
    /^[a-z0-9](?:[a-z0-9._-]{0,61}[a-z0-9])?$/,
    'must be up to 63 lower-case letters, digits, dots and dashes',
  );

/** A model's name, or the beginning of names followed by `*`. */
const modelPattern = z
  .string()
  .regex(/^[a-z0-9-]*\*?$/, "must be a model's name, or a beginning and '*'");

const consumerSchema = z.strictObject({
  name: consumerName,
  /** Several, so that a key can be replaced without a gap. */
  keys: z
    .array(
      z.strictObject({
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
        expires: z.iso.datetime({ offset: true }).optional(),
      }),
    )
    .default([]),
  /** URI names of client certificates, such as `spiffe://example.org/shop`. */
  certificates: z.array(z.url()).default([]),
  /** What it may call; everything when it is left out. */
  allow: z
    .array(
      z.strictObject({
        environments: z.array(z.enum(ENVIRONMENTS)).min(1).optional(),
        models: z.array(modelPattern).min(1).optional(),
      }),
    )
    .default([{}]),
  limits: z
    .strictObject({
      requestsPerSecond: z.number().positive().optional(),
      /** How many may come at once after a pause; a second's worth when left out. */
      burst: z.int().min(1).optional(),
      concurrency: z.int().min(1).optional(),
    })
    .default({}),
});

const callersSchema = z
  .strictObject({
    /** Whether callers who show nothing are served; on loopback only. */
    anonymous: z.boolean().default(false),
    consumers: z.array(consumerSchema).default([]),
  })
  .superRefine(({ consumers }, context) => {
    const report = (path: (string | number)[], message: string) =>
      context.addIssue({ code: 'custom', path, message });
    const seen = new Map<string, string>();
    consumers.forEach(({ name, keys, certificates }, index) => {
      const own = [
        `name ${name}`,
        ...keys.map(({ sha256 }) => `key ${sha256}`),
        ...certificates.map(uri => `certificate ${uri}`),
      ];
      for (const what of own) {
        const other = seen.get(what);
        if (other !== undefined) {
          report(
            ['consumers', index],
            `the ${what} is there twice (consumer ${other})`,
          );
        }
        seen.set(what, name);
      }
      if (!keys.length && !certificates.length) {
        report(
          ['consumers', index],
          `consumer ${name} has neither keys nor certificates, so nobody could call as it`,
        );
      }
    });
  });

export type CallersFile = z.infer<typeof callersSchema>;

/** What a consumer may do. */
export type ConsumerRules = CallersFile['consumers'][number];

/** Reads the file of callers; throws an error whose message names each field that is wrong. */
export function parseCallers(text: string): CallersFile {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new Error(`it is not valid YAML: ${(error as Error).message}`);
  }
  const result = callersSchema.safeParse(value ?? {});
  if (result.success) return result.data;
  throw new Error(
    result.error.issues
      .map(({ path, message }) => `${path.join('.') || 'file'}: ${message}`)
      .join('; '),
  );
}

/** Whether the rules let a consumer call a model of an environment. */
export function allows(
  { allow }: ConsumerRules,
  environment: string,
  model: string,
): boolean {
  return allow.some(
    ({ environments, models }) =>
      (environments?.some(name => name === environment) ?? true) &&
      (models?.some(pattern => fits(pattern, model)) ?? true),
  );
}

function fits(pattern: string, model: string): boolean {
  return pattern.endsWith('*')
    ? model.startsWith(pattern.slice(0, -1))
    : model === pattern;
}
