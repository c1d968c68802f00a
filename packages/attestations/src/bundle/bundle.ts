import type { VerificationMaterial } from '@sigstore/protobuf-specs';
import { Bundle } from '@sigstore/protobuf-specs';
import { ProofError } from '../ProofError';

/**
 * Media type of a Sigstore bundle, in which OMS signatures and attestations come.
 * @public
 */
export const BUNDLE_MEDIA_TYPE =
  'application/vnd.dev.sigstore.bundle.v0.3+json';

/** A bundle larger than this is not read; it names each file in some 150 bytes. */
export const MAX_BUNDLE_BYTES = 16 * 1024 * 1024;

/** What a bundle holds, nothing of it checked yet. */
export interface SignedPayload {
  material: VerificationMaterial['content'] & object;
  payloadType: string;
  payload: Buffer;
  signature: Buffer;
}

/** Takes a bundle apart; checks its form and nothing else. */
export function parseBundle(bytes: Uint8Array): SignedPayload {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new ProofError(
      'MALFORMED',
      `The bundle has ${bytes.length} bytes; at most ${MAX_BUNDLE_BYTES} are read`,
    );
  }
  const bundle = decode(bytes);
  if (bundle.mediaType !== BUNDLE_MEDIA_TYPE) {
    throw new ProofError(
      'WRONG_MEDIA_TYPE',
      `The bundle is of type ${
        bundle.mediaType || '(none)'
      }, not ${BUNDLE_MEDIA_TYPE}`,
    );
  }
  const material = bundle.verificationMaterial?.content;
  if (!material) {
    throw new ProofError(
      'MALFORMED',
      'The bundle names neither a key nor a certificate',
    );
  }
  if (bundle.content?.$case !== 'dsseEnvelope') {
    throw new ProofError('MALFORMED', 'The bundle has no DSSE envelope');
  }
  const { payload, payloadType, signatures } = bundle.content.dsseEnvelope;
  if (signatures.length !== 1 || !signatures[0].sig.length) {
    throw new ProofError(
      'MALFORMED',
      `The envelope has ${
        signatures.length === 1 ? 'an empty signature' : signatures.length
      }${
        signatures.length === 1 ? '' : ' signatures'
      }; it must have exactly one`,
    );
  }
  return {
    material,
    payloadType,
    payload: Buffer.from(payload),
    signature: Buffer.from(signatures[0].sig),
  };
}

/** Writes a bundle as JSON. */
export function encodeBundle({
  material,
  payloadType,
  payload,
  signature,
}: SignedPayload): Buffer {
  return Buffer.from(
    JSON.stringify(
      Bundle.toJSON({
        mediaType: BUNDLE_MEDIA_TYPE,
        verificationMaterial: {
          content: material,
          tlogEntries: [],
          timestampVerificationData: undefined,
        },
        content: {
          $case: 'dsseEnvelope',
          dsseEnvelope: {
            payload,
            payloadType,
            signatures: [{ sig: signature, keyid: '' }],
          },
        },
      }),
    ),
  );
}

function decode(bytes: Uint8Array): Bundle {
  try {
    const document: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    if (typeof document !== 'object' || document === null) {
      throw new Error('it is no object');
    }
    return Bundle.fromJSON(document);
  } catch (error) {
    throw new ProofError(
      'MALFORMED',
      `It is not a Sigstore bundle: ${(error as Error).message}`,
      error,
    );
  }
}
