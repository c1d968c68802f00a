import { createPublicKey, generateKeyPairSync, webcrypto } from 'node:crypto';
import { KEY_ALGORITHM, SIGNING_ALGORITHM, x509 } from './x509';

/** A new key, and what an authority has to see of it. @public */
export interface CertificateRequest {
  /** PKCS#8 in PEM; it stays where it was made. */
  privateKey: string;
  /** PKCS#10 in PEM. */
  csr: string;
}

/** Makes a key and a request that says nothing but the key: the name is the authority's to give. @public */
export async function createCertificateRequest(): Promise<CertificateRequest> {
  const { privateKey: key } = generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
  });
  const { subtle } = webcrypto;
  const keys = {
    privateKey: await subtle.importKey(
      'pkcs8',
      key.export({ type: 'pkcs8', format: 'der' }),
      KEY_ALGORITHM,
      false,
      ['sign'],
    ),
    publicKey: await subtle.importKey(
      'spki',
      createPublicKey(key).export({ type: 'spki', format: 'der' }),
      KEY_ALGORITHM,
      true,
      ['verify'],
    ),
  } as CryptoKeyPair;
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=service account',
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
  });
  return {
    privateKey: key.export({ type: 'pkcs8', format: 'pem' }).toString(),
    csr: request.toString('pem'),
  };
}
