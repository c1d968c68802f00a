import {
  createCipheriv,
  createDecipheriv,
  hkdfSync,
  randomBytes,
} from 'node:crypto';
import { ServiceUnavailableError } from '@backstage/errors';

/**
 * Encrypts the secrets of webhooks for the database (AES-256-GCM): signing
 * needs them in clear, so a hash would not do.
 */
export class SecretBox {
  readonly #key?: Buffer;

  constructor(options: { key?: string }) {
    this.#key =
      options.key === undefined
        ? undefined
        : Buffer.from(
            hkdfSync('sha256', options.key, '', 'ml-platform webhooks', 32),
          );
  }

  /** @throws ServiceUnavailableError without a key */
  seal(secret: string, webhook: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', this.#require(), nonce);
    cipher.setAAD(Buffer.from(webhook));
    const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
    return [nonce, cipher.getAuthTag(), sealed]
      .map(part => part.toString('base64url'))
      .join('.');
  }

  /** @throws when the key is not the one that it was sealed with */
  open(sealed: string, webhook: string): string {
    const [nonce, tag, bytes] = sealed
      .split('.')
      .map(part => Buffer.from(part, 'base64url'));
    const key = this.#require();
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, nonce);
      decipher.setAAD(Buffer.from(webhook));
      decipher.setAuthTag(tag);
      return decipher.update(bytes, undefined, 'utf8') + decipher.final('utf8');
    } catch {
      throw new Error(
        'The secret of the webhook cannot be read: the encryption key changed; bring the old one back, or create the webhook anew',
      );
    }
  }

  #require(): Buffer {
    if (this.#key) return this.#key;
    throw new ServiceUnavailableError(
      'There is no key to encrypt the secrets of webhooks with; set ml.webhooks.encryptionKey (or backend.auth.keys) in app-config.yaml',
    );
  }
}
