import { useState } from 'react';
import { Alert, Button, Flex, Text } from '@backstage/ui';
import {
  type Evaluation,
  type EvaluationGateState,
  mlVersionRegisterPermission,
} from '@ml-platform/plugin-ml-common';
import { evaluationTexts } from '../../evaluationTexts';
import { useMlQuery } from '../../hooks/useMlQuery';
import { useRequest } from '../../hooks/useRequest';
import { useRight } from '../../hooks/useRight';
import type { ActionState } from '../../lib/actions';
import { Section } from '../ModelCard';
import { ActionButton, Actor, RelativeTime } from '../shared';
import shared from '../shared/shared.module.css';
import { QueryView } from '../states';
import { ReportView } from './ReportView';

const UNDER_WAY: ReadonlyArray<Evaluation['state']> = ['queued', 'running'];

/** Whether a version passed its evaluation, what came of each, and a button to have it evaluated. */
export function EvaluationSection(props: { model: string; version: string }) {
  const { model, version } = props;
  const query = useMlQuery({
    key: `evaluations:${model}@${version}`,
    load: async api => {
      const [gate, { items }] = await Promise.all([
        api.evaluations.gate(model, version),
        api.evaluations.list(model, { version }),
      ]);
      return { gate, items };
    },
    concerns: signal => signal.model === model,
    underWay: ({ items }) => items.some(isUnderWay),
  });
  return (
    <Section title={evaluationTexts.title}>
      <QueryView query={query}>
        {found => <Evaluations {...found} onStarted={query.reload} />}
      </QueryView>
    </Section>
  );
}

function Evaluations(props: {
  gate: EvaluationGateState;
  items: Evaluation[];
  onStarted: () => void;
}) {
  const { gate, items, onStarted } = props;
  const { model, version } = gate;
  const mayEvaluate = useRight(mlVersionRegisterPermission, model);
  const { error, sending, submit } = useRequest({
    send: api => api.evaluations.start(model, version),
    done: () => evaluationTexts.started,
    onDone: onStarted,
    onClose: () => {},
  });
  const [open, setOpen] = useState(items.find(hasReport)?.id);
  return (
    <Flex direction="column" gap="3">
      <Alert
        status={gate.passed ? 'success' : 'warning'}
        icon
        title={gate.passed ? evaluationTexts.passed : evaluationTexts.notPassed}
        description={[
          `${sentence(gate.message)}.`,
          ...(gate.requiredFor.length
            ? [sentence(evaluationTexts.required(gate.requiredFor))]
            : []),
        ].join(' ')}
      />
      <div>
        <ActionButton
          action={actionOf({
            mayEvaluate,
            isBusy: sending || items.some(isUnderWay),
          })}
          label={evaluationTexts.evaluate}
          description={evaluationTexts.evaluateOf(version)}
          onPress={submit}
        />
      </div>
      {error && <Alert status="danger" icon title={error} role="alert" />}
      {items.length ? (
        <History items={items} open={open} onOpen={setOpen} />
      ) : (
        <Text as="p">{evaluationTexts.none}</Text>
      )}
      {open && <ReportView id={open} />}
    </Flex>
  );
}

function History(props: {
  items: Evaluation[];
  open: string | undefined;
  onOpen: (id: string | undefined) => void;
}) {
  const { items, onOpen, open } = props;
  return (
    <table className={shared.plainTable} aria-label={evaluationTexts.history}>
      <thead>
        <tr>
          {[...evaluationTexts.columns, evaluationTexts.report].map(column => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map(item => (
          <tr key={item.id}>
            <th scope="row">
              <RelativeTime iso={item.finishedAt ?? item.createdAt} />
            </th>
            <td>{evaluationTexts.state[item.state]}</td>
            <td>
              <Actor actor={item.requestedBy} />
            </td>
            <td>{item.summary ?? '–'}</td>
            <td>
              {hasReport(item) && (
                <Button
                  size="small"
                  variant="tertiary"
                  aria-expanded={open === item.id}
                  aria-label={evaluationTexts.showOf(item.finishedAt ?? '')}
                  onPress={() => onOpen(open === item.id ? undefined : item.id)}
                >
                  {open === item.id
                    ? evaluationTexts.hide
                    : evaluationTexts.show}
                </Button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function actionOf(options: {
  mayEvaluate: boolean | undefined;
  isBusy: boolean;
}): ActionState {
  if (options.isBusy) {
    return { enabled: false, reason: evaluationTexts.underWay };
  }
  return options.mayEvaluate === false
    ? { enabled: false, reason: evaluationTexts.forbidden }
    : { enabled: true };
}

function isUnderWay({ state }: Evaluation): boolean {
  return UNDER_WAY.includes(state);
}

function hasReport({ state }: Evaluation): boolean {
  return state === 'passed' || state === 'failed';
}

function sentence(text: string): string {
  return text[0].toUpperCase() + text.slice(1);
}
