import {
  BUNDLE_ANNOTATIONS,
  BUNDLE_MEDIA_TYPE,
  expectSameFiles,
  isAbout,
  MAX_BUNDLE_BYTES,
  peekBundle,
  PREDICATE_TYPES,
  ProofError,
  readModelStatement,
  type Statement,
  type Trust,
  verifyBundle,
} from '@ml-platform/attestations';
import {
  type AttachedArtifact,
  type Descriptor,
  ociManifestSchema,
  type ProofReport,
  type Version,
} from '@ml-platform/plugin-ml-common';
import type { ArtifactStore } from '@ml-platform/plugin-ml-node';

const CREATED = 'org.opencontainers.image.created';

/** What is attached to a version, each bundle checked. */
export interface ReadProofs {
  signatures: ProofReport[];
  attestations: ProofReport[];
  others: AttachedArtifact[];
}

/** Reads what refers to a version's manifest, and checks what is signed. */
export class ProofReader {
  readonly #artifacts: ArtifactStore;

  constructor(options: { artifacts: ArtifactStore }) {
    this.#artifacts = options.artifacts;
  }

  /** @param believed - for signatures, and for test results */
  async read(
    version: Version,
    believed: { trust: Trust; results: Trust },
  ): Promise<ReadProofs> {
    const { digest, repository } = version;
    const found: ReadProofs = { signatures: [], attestations: [], others: [] };
    const at = new Date();
    for (const referrer of await this.#artifacts.listReferrers(
      repository,
      digest,
    )) {
      if (referrer.artifactType !== BUNDLE_MEDIA_TYPE) {
        found.others.push({
          digest: referrer.digest,
          artifactType: String(referrer.artifactType ?? referrer.mediaType),
          size: referrer.size,
        });
        continue;
      }
      const report = await this.#check(version, referrer, { ...believed, at });
      const isSignature =
        report.predicateType === undefined ||
        report.predicateType === PREDICATE_TYPES.modelSignature;
      found[isSignature ? 'signatures' : 'attestations'].push(report);
    }
    return found;
  }

  async #check(
    version: Version,
    referrer: Descriptor,
    options: { trust: Trust; results: Trust; at: Date },
  ): Promise<ProofReport> {
    const { annotations } = referrer;
    const report = {
      digest: referrer.digest,
      bundleDigest: '',
      predicateType: annotations?.[BUNDLE_ANNOTATIONS.predicateType],
      createdAt: annotations?.[CREATED],
    };
    try {
      const { bundle, bundleDigest } = await this.#readBundle(
        version.repository,
        referrer,
      );
      report.bundleDigest = bundleDigest;
      // What the bundle says counts, not what its manifest says of it.
      report.predicateType = peekBundle(bundle).statement.predicateType;
      const { signedBy, statement } = await verifyBundle(bundle, {
        at: options.at,
        trust:
          report.predicateType === PREDICATE_TYPES.testResult
            ? options.results
            : options.trust,
      });
      expectAbout(version, statement);
      return {
        ...report,
        state: 'valid',
        signer: {
          method: signedBy.method,
          name: signedBy.name,
          fingerprint: signedBy.fingerprint,
          ...(signedBy.method === 'certificate' && { issuer: signedBy.issuer }),
        },
        ...(statement.predicateType !== PREDICATE_TYPES.modelSignature && {
          predicate: statement.predicate,
        }),
      };
    } catch (error) {
      if (!(error instanceof ProofError)) throw error;
      const { isAboutTrust, message, problem } = error;
      return {
        ...report,
        state: isAboutTrust ? 'untrusted' : 'invalid',
        problem: { code: problem, message },
      };
    }
  }

  async #readBundle(
    repository: string,
    referrer: Descriptor,
  ): Promise<{ bundle: Buffer; bundleDigest: string }> {
    const stored = await this.#artifacts.getManifest(
      repository,
      referrer.digest,
    );
    const layer = stored && layerOf(stored.bytes);
    if (!layer || layer.size > MAX_BUNDLE_BYTES) {
      throw new ProofError(
        'MALFORMED',
        `${referrer.digest} is attached as a signature, and holds none that can be read`,
      );
    }
    const blob = await this.#artifacts.openBlob(repository, layer.digest);
    if (!blob) {
      throw new ProofError('MALFORMED', `Its blob ${layer.digest} is gone`);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of blob.stream) chunks.push(chunk as Buffer);
    return { bundle: Buffer.concat(chunks), bundleDigest: layer.digest };
  }
}

function layerOf(bytes: Buffer): Descriptor | undefined {
  try {
    return ociManifestSchema.parse(JSON.parse(bytes.toString('utf8')))
      .layers[0];
  } catch {
    return undefined;
  }
}

/** A model signature speaks of the files, all else of the manifest. */
export function expectAbout(version: Version, statement: Statement): void {
  if (statement.predicateType === PREDICATE_TYPES.modelSignature) {
    expectSameFiles(readModelStatement(statement).files, version.files);
    return;
  }
  if (isAbout(statement, version.digest)) return;
  throw new ProofError(
    'OTHER_SUBJECT',
    `It speaks of something else than ${version.model}@${version.version} (${version.digest})`,
  );
}
