import { useState } from 'react';
import { Alert, Flex, Text, TextAreaField } from '@backstage/ui';
import { useApi } from '@backstage/core-plugin-api';
import type {
  CallTarget,
  Environment,
  ModelInterface,
  TriedPrediction,
} from '@ml-platform/plugin-ml-common';
import { mlApiRef } from '../../api/MlApi';
import { messageOf } from '../../lib/errors';
import { formatShape } from '../../lib/format';
import { says } from '../../lib/says';
import { fieldsOf, tryRequest } from '../../lib/tryRequest';
import { texts } from '../../texts';
import { ActionButton, CodeBlock } from '../shared';

type Outcome =
  | { state: 'none' | 'sending' }
  | { state: 'answered'; answer: TriedPrediction }
  | { state: 'failed'; reason: string };

/** A form made of the contract, which sends one request and shows the answer. */
export function TryIt(props: {
  environment: Environment;
  target: CallTarget;
  request: { interface: ModelInterface; sample?: unknown };
}) {
  const { environment, request, target } = props;
  const say = texts.call;
  const api = useApi(mlApiRef);
  const [fields, setFields] = useState(() =>
    fieldsOf(request.interface, request.sample),
  );
  const [outcome, setOutcome] = useState<Outcome>({ state: 'none' });
  const { body, error, errors } = tryRequest(request.interface, fields);
  const reason =
    (outcome.state === 'sending' && say.sending) ||
    error ||
    Object.entries(errors).map(([name, text]) => `${name}: ${text}`)[0];

  async function send() {
    setOutcome({ state: 'sending' });
    try {
      const answer = await api.predictions.try(target.model, environment, {
        body: body!,
        version: target.pin,
      });
      setOutcome({ state: 'answered', answer });
    } catch (e) {
      setOutcome({ state: 'failed', reason: messageOf(e) });
    }
  }

  return (
    <Flex direction="column" gap="2">
      <Text as="h3" weight="bold">
        {say.tryIt}
      </Text>
      <Text as="p" variant="body-small" color="secondary">
        {say.tryHelp(environment)}
      </Text>
      {request.interface.inputs.map(({ datatype, name, shape }) => (
        <TextAreaField
          key={name}
          label={name}
          description={say.field(datatype, formatShape(shape))}
          rows={2}
          value={fields[name]}
          {...says(errors[name])}
          onChange={text => setFields({ ...fields, [name]: text })}
        />
      ))}
      <Flex>
        <ActionButton
          action={reason ? { enabled: false, reason } : { enabled: true }}
          label={say.send}
          variant="primary"
          onPress={send}
        />
      </Flex>
      <div role="status">
        {outcome.state === 'answered' && <Answer answer={outcome.answer} />}
        {outcome.state === 'failed' && (
          <Alert status="danger" icon title={outcome.reason} />
        )}
      </div>
    </Flex>
  );
}

function Answer(props: { answer: TriedPrediction }) {
  const { body, latencyMs, requestId, status, version } = props.answer;
  const say = texts.call;
  const failed = status >= 400;
  return (
    <Flex direction="column" gap="2">
      <Alert
        status={failed ? 'danger' : 'success'}
        icon
        title={`${failed ? `${say.refused(status)} ` : ''}${say.answered(
          version,
          latencyMs,
        )}`}
      />
      <CodeBlock label={say.answer} wrap text={body} />
      <Text as="p" variant="body-small" color="secondary">
        {say.requestId(requestId)}
      </Text>
    </Flex>
  );
}
