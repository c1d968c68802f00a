import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type MlserverRuntime,
  mlserverSchema,
} from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';
import { askText } from './askText';
import { pathInside } from './places';
import type { Proposal } from './Proposal';
import type { ProposeOptions } from './propose';

/** What a model file says of how it was made. */
export interface MlserverFacts {
  runtime: MlserverRuntime;
  python?: string;
  /** Pinned requirements that follow from the file itself. */
  pins?: string[];
  /** Path in the package of requirements that come with the model. */
  requirements?: string;
}

/** The block `mlserver` and the file of requirements: from options, the file, or the user. */
export async function mlserverBlock(
  { context, options, target }: ProposeOptions,
  { runtime, python, pins, requirements: own }: MlserverFacts,
): Promise<Pick<Proposal, 'mlserver' | 'copies' | 'contents'>> {
  const version =
    options.python ??
    python ??
    (await askText(context, {
      flag: '--python',
      missing:
        'The model does not say with which version of Python it was made',
      message: 'With which version of Python was it trained?',
      placeholder: '3.11',
      parse: toPython,
    }));
  const copies: Record<string, string> = {};
  const contents: Record<string, string> = {};
  let requirements = own ?? 'requirements.txt';
  let file = options.requirements;
  if (!file && !pins && !own) {
    file = await askText(context, {
      flag: '--requirements',
      missing: 'The model does not say with which libraries it was made',
      message: 'Which file lists the Python packages that it needs?',
      placeholder: 'requirements.txt',
      parse: text => text.trim(),
    });
  }
  if (file) {
    await readFile(file).catch(() => {
      throw usageError(`--requirements: there is no file ${file}`);
    });
    const inside = await pathInside(file, target);
    requirements = inside ?? basename(file);
    if (!inside) copies[requirements] = file;
  } else if (pins) {
    contents[requirements] = `${pins.join('\n')}\n`;
  }
  return {
    copies,
    contents,
    mlserver: {
      ...{ runtime, python: toPython(version), requirements },
      ...(options.acceptImport && { acceptImports: options.acceptImport }),
    },
  };
}

function toPython(text: string): string {
  const parsed = mlserverSchema.shape.python.safeParse(text.trim());
  if (parsed.success) return parsed.data;
  throw usageError(`--python: ${parsed.error.issues[0].message}`);
}
