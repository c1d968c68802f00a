import { X509Certificate } from 'node:crypto';

/**
 * Reads all certificates of a PEM text.
 * @throws Error when there is none, or one cannot be read
 * @public
 */
export function readCertificates(pem: string | Buffer): X509Certificate[] {
  const found =
    pem
      .toString()
      .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ??
    [];
  if (!found.length) throw new Error('it has no certificate in PEM form');
  return found.map(text => {
    try {
      return new X509Certificate(text);
    } catch {
      throw new Error('it has a certificate that cannot be read');
    }
  });
}
