/** @public */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;

/** @public */
export type LogLevel = (typeof LOG_LEVELS)[number];

type Fields = Record<string, unknown>;

/** The server's own log: one JSON object a line. Never inputs or outputs of a model. */
export class Logger {
  readonly #threshold: number;
  readonly #write: (line: string) => void;

  constructor(level: LogLevel, write: (line: string) => void) {
    this.#threshold = LOG_LEVELS.indexOf(level);
    this.#write = write;
  }

  debug(message: string, fields?: Fields): void {
    this.#log('debug', message, fields);
  }

  info(message: string, fields?: Fields): void {
    this.#log('info', message, fields);
  }

  warn(message: string, fields?: Fields): void {
    this.#log('warn', message, fields);
  }

  error(message: string, fields?: Fields): void {
    this.#log('error', message, fields);
  }

  #log(level: LogLevel, message: string, fields?: Fields): void {
    if (LOG_LEVELS.indexOf(level) < this.#threshold) return;
    const time = new Date().toISOString();
    this.#write(`${JSON.stringify({ time, level, message, ...fields })}\n`);
  }
}
