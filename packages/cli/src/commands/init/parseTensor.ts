import {
  type OnnxTensor,
  tensorSpecSchema,
} from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { usageError } from '../parseRef';
import { askText } from './askText';
import type { InitOptions } from './command';

/** Reads a tensor as typed: `features:FP64:-1,13`. */
export function parseTensor(flag: string, text: string): OnnxTensor {
  const match = /^(.+):(\w+):([-\d,\s]*)$/.exec(text.trim());
  const parsed = match
    ? tensorSpecSchema.safeParse({
        name: match[1],
        datatype: match[2].toUpperCase(),
        shape: match[3].split(',').filter(Boolean).map(Number),
      })
    : undefined;
  if (parsed?.success) return parsed.data;
  throw usageError(
    `${flag}: '${text}' is not of the form <name>:<datatype>:<shape>, such as features:FP64:-1,13`,
    'Datatypes: BOOL, INT8 … INT64, UINT8 … UINT64, FP16, FP32, FP64, BYTES; -1 is a dimension of any size.',
  );
}

/** Inputs or outputs as told by options, else as proposed, else as answered. */
export async function tensorsOf(
  context: CommandContext,
  options: InitOptions,
  side: 'input' | 'output',
  proposed: OnnxTensor[] | undefined,
): Promise<OnnxTensor[]> {
  const flag = `--${side}`;
  const told = options[side];
  if (told) return told.map(text => parseTensor(flag, text));
  if (proposed) return proposed;
  const tensor = await askText(context, {
    flag,
    missing: `The ${side}s of the model cannot be read from it`,
    message: `What is its ${side}? <name>:<datatype>:<shape>`,
    placeholder:
      side === 'input' ? 'features:FP64:-1,13' : 'predict:INT64:-1,1',
    parse: text => parseTensor(flag, text),
  });
  return [tensor];
}
