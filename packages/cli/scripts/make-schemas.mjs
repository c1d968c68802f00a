// Writes docs/schemas/*.json and the tables of fields in the pages of the reference.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { load, root } from './bundle.mjs';
import { writeOrCheck } from './writeOrCheck.mjs';

const { schemas } = await load(`
  import { z } from 'zod';
  import { dataSchemaSchema } from '@ml-platform/datasets';
  import { modelFileSchema, cardSchema, suiteSchema, evaluationReportSchema, deploymentFileSchema } from '@ml-platform/plugin-ml-common';
  const convert = schema => z.toJSONSchema(schema, { io: 'input' });
  export const schemas = {
    'model.yaml': convert(modelFileSchema),
    'card.yaml': convert(cardSchema),
    'eval/suite.yaml': convert(suiteSchema),
    'environments/<environment>/<team>/<model>.yaml': convert(deploymentFileSchema),
    'data schema': convert(dataSchemaSchema),
    'evaluation report': convert(evaluationReportSchema),
  };
`);

const FILES = {
  'model.yaml': 'model',
  'card.yaml': 'card',
  'eval/suite.yaml': 'suite',
  'environments/<environment>/<team>/<model>.yaml': 'deployment',
};
const PACKAGING = 'docs/reference/packaging.md';
const PAGES = { deployment: 'docs/reference/deployment-file.md' };

/** One row a field, nested ones as \`parent.child\`, those of a list as \`parent[].child\`. */
function rows(schema, prefix = '') {
  const required = new Set(schema.required ?? []);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const place = `${prefix}${name}`;
    const row = [
      `\`${place}\``,
      typeOf(field),
      required.has(name) ? 'yes' : '',
      field.description ?? '',
      (field.examples ?? []).map(value => code(value)).join(', '),
    ];
    const nested = field.items?.properties
      ? rows(field.items, `${place}[].`)
      : rows(field, `${place}.`);
    return [row, ...nested];
  });
}

function typeOf(schema) {
  if (schema.const !== undefined) return code(schema.const);
  if (schema.enum) return schema.enum.map(value => code(value)).join(' ');
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.type === 'array') return `list of ${typeOf(schema.items)}`;
  if (Array.isArray(schema.type)) return schema.type.join(' or ');
  if (schema.type !== 'object') return schema.type;
  return schema.properties ? 'object' : 'object of any keys';
}

function code(value) {
  return `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;
}

function table(schema) {
  const lines = [
    ['Field', 'Type', 'Required', 'Meaning', 'Example'],
    ['---', '---', '---', '---', '---'],
    ...rows(schema),
  ];
  return lines
    .map(
      cells =>
        `| ${cells.map(cell => cell.replace(/\|/g, '\\|')).join(' | ')} |`,
    )
    .join('\n');
}

const pages = {};
const files = {};
for (const [name, short] of Object.entries(FILES)) {
  const page = PAGES[short] ?? PACKAGING;
  const text = pages[page] ?? (await readFile(path.join(root, page), 'utf8'));
  const begin = `<!-- fields of ${name}: written by packages/cli/scripts/make-schemas.mjs -->`;
  const end = `<!-- end of fields of ${name} -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} lacks ${begin} … ${end}`);
  pages[page] = `${text.slice(0, from + begin.length)}\n\n${table(
    schemas[name],
  )}\n\n${text.slice(to)}`;
  files[`docs/schemas/${short}.json`] = JSON.stringify({
    title: name,
    ...schemas[name],
  });
}

files['docs/schemas/data.json'] = JSON.stringify(schemas['data schema']);
files['docs/schemas/evaluation-report.json'] = JSON.stringify(
  schemas['evaluation report'],
);

await writeOrCheck({ ...files, ...pages });
