import { ToolError, type ToolErrorOptions } from '@ml-platform/packaging';

/** A failure that is explained to the user; anything else is a defect of `ml`. */
export { ToolError as CliError, type ToolErrorOptions as CliErrorOptions };
