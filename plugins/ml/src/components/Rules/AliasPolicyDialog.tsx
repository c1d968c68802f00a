import { useState } from 'react';
import { Flex, Text, TextAreaField } from '@backstage/ui';
import type {
  AliasPolicy,
  AliasPolicyChange,
  EvidenceKindInfo,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { type ActionState, firstReason } from '../../lib/actions';
import { texts } from '../../texts';
import { EffectsDialog } from '../Lifecycle';
import { Actor, RelativeTime } from '../shared';
import { QueryView } from '../states';
import { EvidenceKinds } from './EvidenceKinds';

const REFERENCE = /^(user|group):[\w.-]+\/[\w.-]+$/;

/** Asks who may move an alias, and what a version needs for it. */
export function AliasPolicyDialog(props: {
  model: string;
  alias: string;
  policy: AliasPolicy | undefined;
  action: ActionState;
  onDone: () => void;
  onClose: () => void;
}) {
  const { model, alias, policy, action, onDone, onClose } = props;
  const say = texts.rules.aliases;
  const [movers, setMovers] = useState(policy?.movers.join('\n') ?? '');
  const [evidence, setEvidence] = useState(policy?.evidence.join('\n') ?? '');
  const query = useMlQuery({
    key: `alias-policy:${model}:${alias}`,
    load: async api => {
      const [kinds, history] = await Promise.all([
        api.aliases.evidenceKinds(),
        api.aliases.policyHistory(model, alias),
      ]);
      return { kinds: kinds.items, history: history.items };
    },
  });
  const wanted: AliasPolicy = {
    // The portal compares references in lower case.
    movers: linesOf(movers).map(text => text.toLocaleLowerCase('en-US')),
    evidence: linesOf(evidence),
  };
  const request = useRequest({
    send: api => api.aliases.setPolicy(model, alias, wanted),
    done: () => say.set(alias),
    onDone,
    onClose,
  });
  const badMover = wanted.movers.find(text => !REFERENCE.test(text));
  const kinds = query.status === 'ready' ? query.data.kinds : undefined;
  const badEvidence =
    kinds && wanted.evidence.find(text => !isKnown(text, kinds));
  return (
    <EffectsDialog
      title={say.dialog(alias)}
      will={say.will(alias)}
      willNot={say.willNot}
      submit={say.submit}
      action={
        action.enabled
          ? firstReason(
              badMover !== undefined && say.badMover(badMover),
              badEvidence !== undefined && say.badEvidence(badEvidence),
            )
          : action
      }
      request={request}
      onClose={onClose}
    >
      <TextAreaField
        label={say.movers}
        description={say.moversHelp}
        value={movers}
        onChange={setMovers}
        rows={3}
      />
      <TextAreaField
        label={say.evidence}
        description={say.evidenceHelp}
        value={evidence}
        onChange={setEvidence}
        rows={3}
      />
      <QueryView query={query}>
        {({ history, kinds: known }) => (
          <Flex direction="column" gap="3">
            <EvidenceKinds kinds={known} />
            <History changes={history} />
          </Flex>
        )}
      </QueryView>
    </EffectsDialog>
  );
}

function History({ changes }: { changes: AliasPolicyChange[] }) {
  const say = texts.rules.aliases;
  return (
    <section aria-label={say.history}>
      <Text as="h3" variant="body-small" weight="bold">
        {say.history}
      </Text>
      {changes.length === 0 ? (
        <Text as="p" variant="body-small" color="secondary">
          {say.noHistory}
        </Text>
      ) : (
        <ul>
          {changes.map(({ after, at, by }) => (
            <li key={at}>
              <Text variant="body-small">
                <RelativeTime iso={at} />, <Actor actor={by} />:{' '}
                {say.changed(
                  after.movers.join(', ') || say.anybody,
                  after.evidence.join(', ') || say.nothing,
                )}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function isKnown(text: string, kinds: EvidenceKindInfo[]): boolean {
  return kinds.some(({ name }) => name === text.split(':')[0]);
}

function linesOf(text: string): string[] {
  const lines = text.split(/[\n,]+/).map(line => line.trim());
  return [...new Set(lines.filter(Boolean))];
}
