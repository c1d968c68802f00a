/** A field; null when there is nothing between its commas, not even quotes. */
export type CsvField = string | null;

export interface CsvRecord {
  fields: CsvField[];
  /** What is wrong with its quotes. */
  problem?: string;
}

/** Longer than this, a quote was forgotten. */
const MAX_RECORD = 16 * 1024 * 1024;

/**
 * Reads CSV by RFC 4180, piece by piece: quoted fields may hold commas, line
 * ends and doubled quotes; lines end with LF, CRLF or CR; empty lines are skipped.
 */
export class CsvParser {
  #rest = '';
  #isFirst = true;

  /** Records that are complete with this text. */
  push(text: string): CsvRecord[] {
    let all = this.#rest + text;
    if (this.#isFirst && all) {
      this.#isFirst = false;
      if (all.startsWith('\uFEFF')) all = all.slice(1);
    }
    return this.#read(all, false);
  }

  /** Records that only the end completes. */
  end(): CsvRecord[] {
    return this.#read(this.#rest, true);
  }

  #read(text: string, isEnd: boolean): CsvRecord[] {
    const records: CsvRecord[] = [];
    let start = 0;
    for (;;) {
      const found = readRecord(text, start, isEnd);
      if (!found) break;
      if (!isEmpty(found.record)) records.push(found.record);
      start = found.next;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > MAX_RECORD) {
      throw new Error(
        `a row is longer than ${MAX_RECORD} characters; is a quote not closed?`,
      );
    }
    return records;
  }
}

function isEmpty({ fields, problem }: CsvRecord): boolean {
  return !problem && fields.length === 1 && fields[0] === null;
}

/** Undefined when the record may go on in text that is still to come. */
function readRecord(
  text: string,
  start: number,
  isEnd: boolean,
): { record: CsvRecord; next: number } | undefined {
  const record: CsvRecord = { fields: [] };
  let at = start;
  if (at >= text.length) return undefined;
  for (;;) {
    let field: CsvField;
    if (text[at] === '"') {
      const end = closingQuote(text, at + 1);
      // A quote at the very end may be the first of two.
      if (end === -1 || (end === text.length - 1 && !isEnd)) {
        if (!isEnd) return undefined;
        if (end === -1) {
          record.problem = 'a quote is opened and never closed';
          return { record, next: text.length };
        }
      }
      field = text.slice(at + 1, end).replaceAll('""', '"');
      at = end + 1;
      if (at < text.length && !/[,\r\n]/.test(text[at])) {
        record.problem ??= `field ${
          record.fields.length + 1
        } goes on after its closing quote`;
        at = endOfField(text, at);
      }
    } else {
      const end = endOfField(text, at);
      field = end === at ? null : text.slice(at, end);
      at = end;
    }
    record.fields.push(field);
    if (at >= text.length) {
      return isEnd ? { record, next: at } : undefined;
    }
    if (text[at] === ',') {
      at += 1;
      continue;
    }
    if (text[at] === '\r') {
      if (at + 1 === text.length && !isEnd) return undefined;
      at += text[at + 1] === '\n' ? 2 : 1;
    } else {
      at += 1;
    }
    return { record, next: at };
  }
}

function closingQuote(text: string, from: number): number {
  let at = from;
  for (;;) {
    const quote = text.indexOf('"', at);
    if (quote === -1 || text[quote + 1] !== '"') return quote;
    at = quote + 2;
  }
}

function endOfField(text: string, from: number): number {
  const end = /[,\r\n]/g;
  end.lastIndex = from;
  return end.exec(text)?.index ?? text.length;
}
