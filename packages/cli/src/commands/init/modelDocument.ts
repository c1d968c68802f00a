import {
  modelFileSchema,
  placeholder,
  toPackageIssues,
  type OnnxInterface,
  type OnnxTensor,
} from '@ml-platform/plugin-ml-common';
import { usageError } from '../parseRef';
import type { InitOptions } from './command';
import type { Origin } from './findOrigin';
import { toYaml } from './toYaml';

/** What `model.yaml` is made of. */
export interface ModelFacts {
  name: string;
  owner: string;
  options: InitOptions;
  artifact: string;
  sample?: string;
  actual: OnnxInterface;
  origin?: Origin;
}

/** Writes `model.yaml`; a wrong name, version or tag is a wrong command line. */
export function modelDocument(facts: ModelFacts): string {
  const { name, owner, options, artifact, sample, actual, origin } = facts;
  const { version, title, description, system, tag } = options;
  const code = origin && {
    ...(origin.repository && { repository: origin.repository }),
    ...(origin.commit && { commit: origin.commit }),
  };
  const head = {
    ...{ apiVersion: 'ml.internal/v1alpha1', kind: 'Package', name, version },
    ...(title !== undefined && { title }),
    description:
      description ?? placeholder('what the model tells, and from what'),
    owner,
    ...(system !== undefined && { system }),
    ...(tag && { tags: tag }),
  };
  expectValid(head);
  return toYaml(
    {
      ...head,
      ...{ format: 'onnx', artifact },
      ...(sample && { samples: [sample] }),
      interface: {
        inputs: actual.inputs.map(toSpec),
        outputs: actual.outputs.map(toSpec),
      },
      ...(code && Object.keys(code).length > 0 && { lineage: { code } }),
    },
    {
      interface:
        'Read from the model. Say with `description:` what the values mean, and mark\neach tensor whose values are about a person with `pii: true`.',
      lineage:
        'The checkout that `ml init` ran in; correct it if the training code is elsewhere.',
    },
  );
}

function toSpec({ name, datatype, shape }: OnnxTensor) {
  return {
    name,
    datatype,
    shape:
      shape ??
      placeholder(
        'its dimensions, such as [-1, 3], which the model leaves open',
      ),
  };
}

const FLAGS: Record<string, string> = { tags: '--tag' };

function expectValid(head: object) {
  const schema = modelFileSchema.pick({
    ...{ name: true, version: true, title: true, description: true },
    ...{ owner: true, system: true, tags: true },
  });
  const parsed = schema.loose().safeParse(head);
  if (parsed.success) return;
  const [issue] = toPackageIssues('', parsed.error);
  const field = issue.field.replace(/\[.*/, '');
  throw usageError(`${FLAGS[field] ?? `--${field}`}: ${issue.message}`);
}
