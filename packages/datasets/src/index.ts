/**
 * Reads CSV, JSON Lines and Parquet row by row, and maps columns to the
 * tensors of a model.
 *
 * @packageDocumentation
 */
export { parseExactJson, writeExactJson } from './exactJson';
export { formatOf } from './formatOf';
export { type ColumnMap, elementsOf } from './mapping/columnsFor';
export {
  type EncodedRow,
  InputMapping,
  type MappingOptions,
} from './mapping/InputMapping';
export { RowError } from './mapping/RowError';
export { openRows } from './rows/openRows';
export {
  INPUT_FORMATS,
  type RowFormat,
  type RowSource,
  type SourceRow,
} from './rows/SourceRow';
export type { DriftFigures } from './validation/checkDrift';
export type { DataFinding } from './validation/ColumnCheck';
export {
  COLUMN_TYPES,
  type ColumnSchema,
  type ColumnType,
  type DataSchema,
  dataSchemaSchema,
} from './validation/dataSchema';
export { inferSchema } from './validation/inferSchema';
export { readDataSchema } from './validation/readDataSchema';
export {
  type DataFile,
  type DataReport,
  validateData,
} from './validation/validateData';
