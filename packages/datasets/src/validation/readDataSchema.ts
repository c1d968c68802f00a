import { readFile } from 'node:fs/promises';
import { ToolError, withLines, YamlFile } from '@ml-platform/packaging';
import { checkDocument } from '@ml-platform/plugin-ml-common';
import { type DataSchema, dataSchemaSchema } from './dataSchema';

/**
 * Reads the schema of a data file.
 * @throws ToolError with all that is wrong, each with its line
 * @public
 */
export async function readDataSchema(path: string): Promise<DataSchema> {
  const text = await readFile(path, 'utf8').catch(error => {
    throw new ToolError({
      code: 'SCHEMA_UNREADABLE',
      message: `${path} cannot be read: ${error.message}`,
      hint: 'Make one from the data: ml data infer <file> --output <schema>',
    });
  });
  const yaml = YamlFile.parse(path, text);
  const { data, issues } = yaml.issues.length
    ? { data: undefined, issues: yaml.issues }
    : checkDocument(path, dataSchemaSchema, yaml.value);
  if (data && !issues.length) return data;
  throw new ToolError({
    code: 'SCHEMA_INVALID',
    message: `${path} is no schema of data`,
    issues: withLines(issues, yaml),
    hint: 'docs/reference/data-validation.md has every field.',
  });
}
