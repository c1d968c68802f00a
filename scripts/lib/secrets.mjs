import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

const NAMES = [
  'ML_SERVING_TOKEN',
  'ML_CONTROL_TOKEN',
  'ML_IDENTITY_SECRET',
  'ML_SESSION_KEY',
  'ML_WEBHOOKS_KEY',
  'ML_AUDIT_KEY',
  'ML_EVALUATION_KEY',
  'ML_ACCOUNTS_KEY',
];

/** Writes a file as a whole and for the owner only. */
export function writePrivate(file, value) {
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify(value, undefined, 2)}\n`, {
    mode: 0o600,
  });
  chmodSync(temporary, 0o600);
  renameSync(temporary, file);
}

/**
 * Tokens between the parts of one platform, and its key: random, made once, kept with the
 * data. What the environment names already wins.
 */
export function ensureSecrets({ dataDir, env = process.env }) {
  const file = path.join(dataDir, 'secrets.json');
  let secrets = {};
  try {
    secrets = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const missing = NAMES.filter(name => !secrets[name]);
  for (const name of missing) {
    secrets[name] = randomBytes(32).toString('base64url');
  }
  if (missing.length) writePrivate(file, secrets);
  for (const name of NAMES) {
    if (env[name]) secrets[name] = env[name];
  }
  return secrets;
}
