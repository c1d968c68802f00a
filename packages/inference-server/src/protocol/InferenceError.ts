/** Something that the caller is told, with the HTTP status it is told with. */
export class InferenceError extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
    this.name = 'InferenceError';
  }
}

/** The request is at fault; the message names the tensor and the remedy. */
export function badRequest(message: string): InferenceError {
  return new InferenceError(400, message);
}

/** A name that the caller sent, cut to a length that fits a message. */
export function quoted(name: string): string {
  return `'${name.length > 100 ? `${name.slice(0, 100)}…` : name}'`;
}
