import { formatIssue } from '@ml-platform/plugin-ml-common';
import type { CliError } from '../errors/CliError';
import { formatAge } from './format';
import { renderTable } from './renderTable';
import { colorPaint, plainPaint, wantsColor, type Paint } from './Style';

/** `apiVersion` of everything that `ml` prints as JSON or YAML. */
export const OUTPUT_API_VERSION = 'ml.internal/v1alpha1';

export const FORMATS = ['table', 'json', 'yaml', 'name'] as const;
export type OutputFormat = (typeof FORMATS)[number];

export interface OutputOptions {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
  env: NodeJS.ProcessEnv;
  /** What was asked for; a table else. */
  format?: OutputFormat;
  quiet: boolean;
  color: boolean;
}

export interface Column<T> {
  header: string;
  cell: (item: T) => string;
}

/**
 * The one place that writes: data to stdout, everything said about it to
 * stderr.
 */
export class Output {
  readonly format: OutputFormat;
  /** Whether a format was asked for, so that a command may have another default. */
  readonly isFormatChosen: boolean;
  /** Whether stderr is a terminal that can be redrawn. */
  readonly isInteractive: boolean;
  readonly stderr: NodeJS.WriteStream;
  /** Colours for stdout and stderr. */
  readonly paint: Paint;
  readonly paintError: Paint;
  readonly #options: OutputOptions;

  constructor(options: OutputOptions) {
    const { stdout, stderr, env, color } = options;
    this.#options = options;
    this.format = options.format ?? 'table';
    this.isFormatChosen = options.format !== undefined;
    this.stderr = stderr;
    this.isInteractive =
      Boolean(stderr.isTTY) &&
      // A terminal without a width, as some build servers have, cannot be redrawn.
      stderr.columns >= 20 &&
      !env.CI &&
      env.TERM !== 'dumb' &&
      !options.quiet;
    this.paint = wantsColor(Boolean(stdout.isTTY), env, color)
      ? colorPaint
      : plainPaint;
    this.paintError = wantsColor(Boolean(stderr.isTTY), env, color)
      ? colorPaint
      : plainPaint;
  }

  get isStdoutTty(): boolean {
    return Boolean(this.#options.stdout.isTTY);
  }

  /** A moment for people: an age on a terminal, exact elsewhere. */
  time(iso: string | undefined): string {
    if (!iso) return '-';
    return this.isStdoutTty ? formatAge(iso) : iso;
  }

  /** Writes a line of data. */
  write(line: string): void {
    this.#options.stdout.write(`${line}\n`);
  }

  /** Writes one object. */
  async object<T>(options: {
    kind: string;
    data: T;
    name: string;
    /** What people read. */
    text: () => string;
  }): Promise<void> {
    const { kind, data, name, text } = options;
    await this.#print({ kind, data }, [name], text);
  }

  /** Writes a list. */
  async list<T>(options: {
    kind: string;
    items: readonly T[];
    name: (item: T) => string;
    columns: ReadonlyArray<Column<T>>;
    /** Said to people when there is nothing. */
    empty: string;
  }): Promise<void> {
    const { kind, items, columns } = options;
    if (!items.length && this.format === 'table') this.hint(options.empty);
    await this.#print({ kind, items }, items.map(options.name), () =>
      items.length
        ? renderTable(
            columns.map(column => this.paint('dim', column.header)),
            items.map(item => columns.map(column => column.cell(item))),
          )
        : '',
    );
  }

  async #print(value: object, names: string[], text: () => string) {
    const versioned = { apiVersion: OUTPUT_API_VERSION, ...value };
    let printed: string;
    switch (this.format) {
      case 'json':
        printed = JSON.stringify(versioned, undefined, 2);
        break;
      case 'yaml': {
        const { stringify } = await import('yaml');
        printed = stringify(versioned).trimEnd();
        break;
      }
      case 'name':
        printed = names.join('\n');
        break;
      default:
        printed = text();
    }
    if (printed) this.write(printed);
  }

  /** Says what is going on. */
  info(message: string): void {
    if (!this.#options.quiet) this.stderr.write(`${message}\n`);
  }

  /** Says what went well. */
  done(message: string): void {
    this.info(`${this.paintError('green', '✓')} ${message}`);
  }

  /** Suggests a next step. */
  hint(message: string): void {
    this.info(this.paintError('dim', message));
  }

  warn(message: string): void {
    this.stderr.write(`${this.paintError('yellow', 'Warning:')} ${message}\n`);
  }

  error(error: CliError): void {
    const { code, message, exitCode, hint, requestId, issues } = error;
    if (this.format === 'json') {
      const body = { code, message, exitCode, hint, requestId, issues };
      this.stderr.write(
        `${JSON.stringify(
          { apiVersion: OUTPUT_API_VERSION, kind: 'Error', error: body },
          undefined,
          2,
        )}\n`,
      );
      return;
    }
    const lines = [`${this.paintError('red', 'Error:')} ${message}`];
    for (const issue of issues ?? []) lines.push(indent(formatIssue(issue)));
    if (hint) lines.push(hint);
    if (requestId)
      lines.push(this.paintError('dim', `Request id: ${requestId}`));
    this.stderr.write(`${lines.join('\n')}\n`);
  }
}

function indent(text: string): string {
  return text.replace(/^/gm, '  ');
}
