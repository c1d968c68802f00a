import type { PackageIssue } from '@ml-platform/plugin-ml-common';
import {
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type Document,
  type Node,
} from 'yaml';

/**
 * A parsed YAML file that knows on which line a field stands.
 * @public
 */
export class YamlFile {
  readonly value: unknown;
  readonly issues: PackageIssue[];
  readonly #document: Document.Parsed;
  readonly #lines: LineCounter;

  private constructor(file: string, text: string) {
    this.#lines = new LineCounter();
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
    });
    this.issues = this.#document.errors.map(error => ({
      file,
      field: '',
      message: `is not valid YAML: ${error.message}`,
      line: this.#lines.linePos(error.pos[0]).line,
    }));
    this.value = this.issues.length ? undefined : this.#toValue(file);
  }

  static parse(file: string, text: string): YamlFile {
    return new YamlFile(file, text);
  }

  #toValue(file: string): unknown {
    try {
      return this.#document.toJS({ maxAliasCount: 100 });
    } catch (error) {
      this.issues.push({
        file,
        field: '',
        message: `is not usable YAML: ${(error as Error).message}`,
      });
      return undefined;
    }
  }

  /**
   * The line of a field such as `interface.inputs[0].datatype`. Where the
   * field is missing, the line of what should contain it.
   */
  lineOf(field: string): number | undefined {
    let node: unknown = this.#document.contents;
    let offset = startOf(node);
    let rest = field;
    while (rest) {
      const step = stepInto(node, rest);
      if (!step) break;
      ({ node, rest } = step);
      offset = step.offset ?? offset;
    }
    return offset === undefined ? undefined : this.#lines.linePos(offset).line;
  }
}

interface Step {
  node: unknown;
  offset?: number;
  rest: string;
}

function stepInto(node: unknown, rest: string): Step | undefined {
  if (isMap(node)) return stepIntoMap(node, rest);
  return isSeq(node) ? stepIntoSeq(node, rest) : undefined;
}

/** Keys may themselves contain dots, so the longest key that fits is taken. */
function stepIntoMap(
  map: { items: { key: unknown; value: unknown }[] },
  rest: string,
): Step | undefined {
  let best: (Step & { length: number }) | undefined;
  for (const { key, value } of map.items) {
    const name = isScalar(key) ? String(key.value) : undefined;
    if (name === undefined || !rest.startsWith(name)) continue;
    const after = rest.slice(name.length);
    if (after && !/^[.[]/.test(after)) continue;
    if (best && best.length >= name.length) continue;
    best = {
      node: value,
      offset: startOf(key),
      rest: after.replace(/^\./, ''),
      length: name.length,
    };
  }
  return best;
}

function stepIntoSeq(
  seq: { items: unknown[] },
  rest: string,
): Step | undefined {
  const match = /^\[(\d+)\]\.?/.exec(rest);
  if (!match) return undefined;
  const node = seq.items[Number(match[1])];
  return node === undefined
    ? undefined
    : { node, offset: startOf(node), rest: rest.slice(match[0].length) };
}

function startOf(node: unknown): number | undefined {
  return (node as Node | undefined | null)?.range?.[0];
}
