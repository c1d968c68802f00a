import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { InputError } from '@backstage/errors';

const CERTIFICATE =
  /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

/**
 * The certificates of an authority, as PEM.
 * @throws InputError that says which setting names what is none
 */
export function readCaFile(setting: string, file: string): string {
  const refuse = (why: string) =>
    new InputError(
      `${setting}: '${file}' ${why}; name a file with the certificates of the authority, as PEM`,
    );
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw refuse(`cannot be read (${(error as NodeJS.ErrnoException).code})`);
  }
  const certificates = text.match(CERTIFICATE) ?? [];
  if (!certificates.length) throw refuse('holds no certificate');
  for (const certificate of certificates) {
    try {
      new X509Certificate(certificate).toString();
    } catch (error) {
      throw refuse(
        `holds a certificate that cannot be read (${(error as Error).message})`,
      );
    }
  }
  return certificates.join('\n');
}
