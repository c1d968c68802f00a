/** How large an artifact may be. */
export interface ArtifactLimits {
  /** Bytes of one blob, and of all blobs of a manifest, in this repository. */
  limitFor(repository: string): Promise<number>;
}

/** The same limit for everybody. */
export class FixedArtifactLimits implements ArtifactLimits {
  readonly #bytes: number;

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  async limitFor(): Promise<number> {
    return this.#bytes;
  }
}
