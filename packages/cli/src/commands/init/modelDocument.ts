import {
  modelFileSchema,
  placeholder,
  toPackageIssues,
  type OnnxTensor,
} from '@ml-platform/plugin-ml-common';
import { z } from 'zod';
import { usageError } from '../parseRef';
import type { InitOptions } from './command';
import type { Origin } from './findOrigin';
import type { Proposal } from './Proposal';
import { toYaml } from './toYaml';

/** What `model.yaml` is made of. */
export interface ModelFacts {
  name: string;
  owner: string;
  options: InitOptions;
  proposal: Proposal;
  sample?: string;
  origin?: Origin;
}

/** Writes `model.yaml`; a wrong name, version or tag is a wrong command line. */
export function modelDocument(facts: ModelFacts): string {
  const { name, owner, options, proposal, sample, origin } = facts;
  const { format, artifact, mlserver, container } = proposal;
  const { version, title, description, system, tag } = options;
  const { repository, commit } = origin ?? {};
  const lineage = {
    ...((repository ?? commit) !== undefined && {
      code: { ...(repository && { repository }), ...(commit && { commit }) },
    }),
    ...proposal.lineage,
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
      format,
      ...(artifact && { artifact }),
      ...(mlserver && { mlserver }),
      ...(container && { container }),
      ...(sample && { samples: [sample] }),
      interface: {
        inputs: proposal.inputs.map(toSpec),
        outputs: proposal.outputs.map(toSpec),
      },
      ...(Object.keys(lineage).length > 0 && { lineage }),
    },
    {
      interface: `${proposal.interfaceFrom}.\nSay with 'description:' what the values mean, and mark each tensor whose\nvalues are about a person with 'pii: true'.`,
      lineage:
        'What the model and the checkout say; correct it if the training code is elsewhere.',
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
  const { name, version, title, description, owner, system, tags } =
    modelFileSchema.shape;
  const schema = z.looseObject({
    ...{ name, version, title, description, owner, system, tags },
  });
  const parsed = schema.safeParse(head);
  if (parsed.success) return;
  const [issue] = toPackageIssues('', parsed.error);
  const field = issue.field.replace(/\[.*/, '');
  throw usageError(`${FLAGS[field] ?? `--${field}`}: ${issue.message}`);
}
