import { Document, isScalar, isSeq, visit } from 'yaml';

/** Lists that are written on one line. */
const ON_ONE_LINE = new Set(['shape', 'samples', 'tags', 'command']);

/** Writes YAML as people do: short lists on one line, and comments above fields. */
export function toYaml(
  value: object,
  comments: Record<string, string> = {},
): string {
  const document = new Document(value);
  const open = { ...comments };
  visit(document, {
    Pair(_, { key, value: child }) {
      if (!isScalar(key)) return;
      const name = String(key.value);
      if (ON_ONE_LINE.has(name) && isSeq(child)) child.flow = true;
      if (open[name]) {
        key.commentBefore = open[name].replace(/^/gm, ' ');
        key.spaceBefore = true;
        delete open[name];
      }
    },
  });
  return document.toString({
    lineWidth: 0,
    singleQuote: true,
    flowCollectionPadding: false,
  });
}
