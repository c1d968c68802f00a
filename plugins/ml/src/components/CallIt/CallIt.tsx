import { useState } from 'react';
import { Flex, Text } from '@backstage/ui';
import {
  apiVersionOf,
  type Deployment,
  endpointOf,
  type Environment,
  type Model,
  type Version,
} from '@ml-platform/plugin-ml-common';
import { useMlQuery } from '../../hooks/useMlQuery';
import { texts } from '../../texts';
import { InterfaceTable } from '../ModelCard';
import { CodeBlock } from '../shared';
import { QueryView } from '../states';
import { Traffic } from '../Traffic';
import { BatchJobs } from '../BatchJobs';
import { CallableVersions } from './CallableVersions';
import { Choice } from './Choice';
import { Samples } from './Samples';
import { TryIt } from './TryIt';

const LIVE = 'live';

interface CallItProps {
  model: Model;
  version: Version;
  /** A request that works, of that version. */
  sample: unknown;
}

/** All that an application engineer needs: addresses, contract, samples, a form. */
export function CallIt(props: CallItProps) {
  const { model, version } = props;
  const live = (['production', 'staging'] as const)
    .map(environment =>
      model.deployments.find(entry => entry.environment === environment),
    )
    .filter((entry): entry is Deployment => Boolean(entry?.version));
  const say = texts.call;
  return (
    <Flex direction="column" gap="4">
      {live.length ? (
        <LiveCall {...props} live={live} />
      ) : (
        <>
          <Text as="p" color="secondary">
            {say.notLive}
          </Text>
          <InterfaceTable interface={version.interface} />
        </>
      )}
    </Flex>
  );
}

function LiveCall(props: CallItProps & { live: Deployment[] }) {
  const { live, model, sample, version: shown } = props;
  const say = texts.call;
  const [environment, setEnvironment] = useState<Environment>(
    live[0].environment,
  );
  const deployment =
    live.find(entry => entry.environment === environment) ?? live[0];
  const liveVersion = deployment.version!;
  const [chosen, setPin] = useState<string>();
  const query = useMlQuery({
    key: `call:${model.name}`,
    load: async api => {
      const [versions, info] = await Promise.all([
        api.listVersions(model.name, { limit: 100 }),
        api.info(),
      ]);
      return { versions: versions.items, info };
    },
    concerns: signal => signal.model === model.name,
  });
  return (
    <QueryView query={query}>
      {({ info, versions }) => {
        const majors = [
          ...new Set([
            apiVersionOf(liveVersion),
            ...versions
              .filter(({ state }) => state !== 'deleted' && state !== 'draft')
              .map(({ version }) => apiVersionOf(version)),
          ]),
        ].map(String);
        const pin = chosen ?? majors[0];
        // Within an API version the contract is the same for callers.
        const called =
          pin === LIVE || pin === String(apiVersionOf(liveVersion))
            ? liveVersion
            : versions.find(
                ({ version }) => String(apiVersionOf(version)) === pin,
              )?.version;
        const version =
          versions.find(entry => entry.version === called) ?? shown;
        const target = {
          model: model.name,
          gateway: deployment.endpoint.replace(/\/v2\/models\/[^/]+\/?$/, ''),
          grpc: info.grpcGateways?.[deployment.environment],
          pin: pin === LIVE ? undefined : pin,
          withKey: info.gatewaysAskForKey,
        };
        const request = {
          interface: version.interface,
          sample: version.version === shown.version ? sample : undefined,
        };
        return (
          <Flex direction="column" gap="4">
            <Flex gap="4" style={{ flexWrap: 'wrap' }}>
              <Choice
                label={say.environment}
                value={deployment.environment}
                options={live.map(entry => ({
                  id: entry.environment,
                  label: texts.environment[entry.environment],
                }))}
                onChange={setEnvironment}
              />
              <Choice
                label={say.pin}
                value={pin}
                options={[
                  ...majors.map(id => ({ id, label: say.major(id) })),
                  { id: LIVE, label: say.live },
                ]}
                onChange={setPin}
              />
            </Flex>
            <Text as="p" variant="body-small" color="secondary">
              {say.pinHelp} {say.protocol}
            </Text>
            <CodeBlock
              label={say.rest}
              wrap
              text={`${endpointOf(target)}/infer`}
            />
            {target.grpc && (
              <div>
                <CodeBlock label={say.grpc} wrap text={target.grpc} />
                <Text as="p" variant="body-small" color="secondary">
                  {say.grpcModel(model.name, target.pin)}
                </Text>
              </div>
            )}
            <Samples target={target} request={request} />
            <TryIt
              // Another contract has other fields.
              key={`${version.version}`}
              environment={deployment.environment}
              target={target}
              request={request}
            />
            <BatchJobs
              model={model.name}
              environment={deployment.environment}
              pin={target.pin}
            />
            <Traffic model={model.name} environment={deployment.environment} />
            <Text as="h3" weight="bold">
              {say.contract(version.version)}
            </Text>
            <InterfaceTable interface={version.interface} />
            <CallableVersions model={model} versions={versions} />
          </Flex>
        );
      }}
    </QueryView>
  );
}
