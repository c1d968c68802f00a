import { InputError } from '@backstage/errors';
import type {
  EvidenceFact,
  EvidenceKindInfo,
  Version,
} from '@ml-platform/plugin-ml-common';
import type { EvidenceKind } from './EvidenceKind';

/** Reads and checks what policies ask for: `<kind>` or `<kind>:<argument>`. */
export class EvidenceCheck {
  readonly #kinds: Map<string, EvidenceKind>;

  constructor(kinds: EvidenceKind[]) {
    this.#kinds = new Map(kinds.map(kind => [kind.name, kind]));
  }

  list(): EvidenceKindInfo[] {
    return [...this.#kinds.values()].map(({ description, example, name }) => ({
      name,
      description,
      ...(example && { example: `${name}:${example}` }),
    }));
  }

  /** @throws InputError when something of it is not known here. */
  validate(evidence: string[]): void {
    evidence.forEach((text, index) => {
      const problem = this.#problemOf(text);
      if (problem) {
        throw new InputError(`evidence.${index}: '${text}' ${problem}`);
      }
    });
  }

  /** Each thing that is asked for, and whether the version has it. */
  async check(version: Version, evidence: string[]): Promise<EvidenceFact[]> {
    return Promise.all(
      evidence.map(async requirement => {
        const { argument, kind } = this.#parse(requirement);
        const missing = kind
          ? await kind.missing(version, argument)
          : // Of a kind that was there when the policy was set: never a silent yes.
            'nothing here can tell whether it has it; set the policy anew';
        return {
          requirement,
          met: missing === undefined,
          ...(missing && { missing }),
        };
      }),
    );
  }

  #problemOf(text: string): string | undefined {
    const { argument, kind } = this.#parse(text);
    if (!kind) {
      return `is no evidence that is known here; there are ${this.list()
        .map(({ example, name }) => example ?? name)
        .join(', ')}`;
    }
    if (!kind.example) {
      return argument ? `takes nothing behind '${kind.name}'` : undefined;
    }
    if (!argument)
      return `needs something behind it: ${kind.name}:${kind.example}`;
    return kind.checkArgument?.(argument);
  }

  #parse(text: string): { kind?: EvidenceKind; argument: string } {
    const [name, ...rest] = text.split(':');
    return { kind: this.#kinds.get(name), argument: rest.join(':') };
  }
}
