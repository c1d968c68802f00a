/** A model with more tensors than this tells no shapes: headers are to stay small. */
const MAX_TENSORS = 32;

/** Measures the stages of one inference, for the Server-Timing header. */
export class StageWatch {
  #at = performance.now();
  #timing = '';

  /** The stage that went on until now is over. */
  ended(stage: string): void {
    const now = performance.now();
    const duration = (now - this.#at).toFixed(3);
    this.#timing += `${this.#timing && ', '}${stage};dur=${duration}`;
    this.#at = now;
  }

  timing(): string {
    return this.#timing;
  }
}

/** Shapes of inputs and outputs by name, as JSON that a header can hold. */
export function shapesHeader(
  ...sides: Record<string, { dims: readonly number[] }>[]
): string {
  const tensors = sides.flatMap(side => Object.entries(side));
  if (tensors.length > MAX_TENSORS) return '{}';
  const fields = tensors.map(
    ([name, { dims }]) => `${JSON.stringify(name)}:[${dims.join(',')}]`,
  );
  return `{${fields.join(',')}}`.replace(
    /[^\x20-\x7e]/g,
    char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
