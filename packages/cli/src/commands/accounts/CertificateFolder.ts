import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AccountCertificate } from '@ml-platform/plugin-ml-common';
import {
  type AccountName,
  parseSpiffeId,
  spiffeNameOf,
} from '@ml-platform/workload-identity';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';

const NEXT_KEY = 'client.next.key';
const NEXT_CERTIFICATE = 'client.next.pem';

/** What is in the folder now. */
export interface HeldCertificate {
  account: AccountName;
  certificate: string;
  privateKey: string;
  from: Date;
  until: Date;
}

/** `client.key`, `client.pem` and `ca.pem`, for the program that shows them. */
export class CertificateFolder {
  constructor(readonly path: string) {}

  /**
   * Each file as a whole. Whoever is killed between the key and its certificate
   * leaves both beside the old ones, and the next one who reads goes on from there.
   */
  async write(privateKey: string, issued: AccountCertificate): Promise<void> {
    await mkdir(this.path, { recursive: true, mode: 0o700 });
    await rm(this.#at(NEXT_CERTIFICATE), { force: true });
    await this.#replace('ca.pem', issued.authorities.join('\n'));
    await this.#replace(NEXT_KEY, privateKey);
    await this.#replace(NEXT_CERTIFICATE, issued.certificate);
    await this.#takeNext();
  }

  /** @throws CliError when it holds no certificate of an account, or one that goes with another key */
  async read(): Promise<HeldCertificate> {
    try {
      await this.#takeNext();
      const certificate = await readFile(this.#at('client.pem'), 'utf8');
      const privateKey = await readFile(this.#at('client.key'), 'utf8');
      const parsed = new X509Certificate(certificate);
      if (!parsed.checkPrivateKey(createPrivateKey(privateKey))) {
        throw new Error('client.key is not the key of client.pem');
      }
      const { validFromDate, validToDate } = parsed;
      const id = spiffeNameOf(certificate) ?? '';
      return {
        account: parseSpiffeId(id, new URL(id).host),
        ...{ certificate, privateKey },
        ...{ from: validFromDate, until: validToDate },
      };
    } catch (error) {
      throw new CliError({
        code: 'NO_CERTIFICATE',
        exitCode: ExitCode.usage,
        message: `${this.path} holds no certificate of a service account: ${
          (error as Error).message
        }`,
        hint: `Have one made: ml certs request <team/name> --out ${this.path}`,
      });
    }
  }

  /** Puts the new pair in place, if a whole one is there. */
  async #takeNext(): Promise<void> {
    if (!existsSync(this.#at(NEXT_CERTIFICATE))) return;
    if (existsSync(this.#at(NEXT_KEY))) {
      await rename(this.#at(NEXT_KEY), this.#at('client.key'));
    }
    await rename(this.#at(NEXT_CERTIFICATE), this.#at('client.pem'));
  }

  async #replace(name: string, content: string): Promise<void> {
    const temporary = this.#at(`${name}.${process.pid}.tmp`);
    await writeFile(temporary, content, { mode: 0o600, flush: true });
    await rename(temporary, this.#at(name));
  }

  #at(name: string): string {
    return join(this.path, name);
  }
}
