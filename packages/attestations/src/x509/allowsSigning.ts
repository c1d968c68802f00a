import type { X509Certificate } from 'node:crypto';
import { Certificate, type Extension } from 'pkijs';

const KEY_USAGE = '2.5.29.15';
const CODE_SIGNING = '1.3.6.1.5.5.7.3.3';
const DIGITAL_SIGNATURE_BIT = 0x80;

/** Whether a certificate says that its key signs things (OMS v1.0, method `certificate`). */
export function allowsSigning(certificate: X509Certificate): boolean {
  // Node calls the extended key usage `keyUsage`, and has no name for the other.
  if (certificate.keyUsage?.includes(CODE_SIGNING)) return true;
  const { extensions = [] } = Certificate.fromBER(certificate.raw);
  const usage = extensions.find(
    ({ extnID }: Extension) => extnID === KEY_USAGE,
  );
  const bits: unknown = usage?.parsedValue?.valueBlock?.valueHexView;
  return bits instanceof Uint8Array && Boolean(bits[0] & DIGITAL_SIGNATURE_BIT);
}
