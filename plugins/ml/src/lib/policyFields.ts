/** How a place of a policy is shown and edited. */
export type FieldKind = 'number' | 'text' | 'flag' | 'lines' | 'json';

/** One place of a policy's value. */
export interface PolicyField {
  /** Keys from the value down; empty for the value itself. */
  path: string[];
  kind: FieldKind;
  value: unknown;
}

/** The places of a value, each simple enough to be a field of its own. */
export function policyFields(
  value: unknown,
  path: string[] = [],
): PolicyField[] {
  if (typeof value === 'number') return [{ path, kind: 'number', value }];
  if (typeof value === 'boolean') return [{ path, kind: 'flag', value }];
  if (typeof value === 'string') return [{ path, kind: 'text', value }];
  if (Array.isArray(value)) {
    const isList =
      path.length > 0 && value.every(item => typeof item === 'string');
    return [{ path, kind: isList ? 'lines' : 'json', value }];
  }
  const entries = Object.entries((value ?? {}) as object);
  // What people name themselves, as aliases, comes and goes: it is one field.
  if (!entries.length || path[0] === 'evidence') {
    return [{ path, kind: 'json', value }];
  }
  return entries.flatMap(([key, inner]) =>
    path.length === 0 && key === 'evidence'
      ? [{ path: [key], kind: 'json' as const, value: inner }]
      : policyFields(inner, [...path, key]),
  );
}

/** What stands in a field for people. */
export function fieldText({ kind, value }: PolicyField): string {
  if (kind === 'lines') return (value as string[]).join('\n');
  return kind === 'json' ? JSON.stringify(value, undefined, 2) : String(value);
}

/**
 * The value of what was written into a field.
 * @throws SyntaxError when it cannot be read
 */
export function readField(kind: FieldKind, text: string): unknown {
  switch (kind) {
    case 'number':
      if (text.trim() === '' || Number.isNaN(Number(text))) {
        throw new SyntaxError('is no number');
      }
      return Number(text);
    case 'flag':
      return text === 'true';
    case 'lines':
      return text
        .split(/\s+/)
        .map(line => line.trim())
        .filter(Boolean);
    case 'json':
      return JSON.parse(text);
    default:
      return text.trim();
  }
}

/** A copy of a value with another one at a place. */
export function withField(
  value: unknown,
  [step, ...rest]: string[],
  changed: unknown,
): unknown {
  if (step === undefined) return changed;
  const fields = value as Record<string, unknown>;
  return { ...fields, [step]: withField(fields[step], rest, changed) };
}
