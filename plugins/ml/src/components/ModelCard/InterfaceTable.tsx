import { Text } from '@backstage/ui';
import { RiShieldUserLine } from '@remixicon/react';
import type { ModelInterface, TensorSpec } from '@ml-platform/plugin-ml-common';
import { formatShape } from '../../lib/format';
import classes from './ModelCard.module.css';

/** The named, typed inputs and outputs of a version. */
export function InterfaceTable(props: { interface: ModelInterface }) {
  const { inputs, outputs } = props.interface;
  return (
    <div className={classes.columns}>
      <Tensors title="Inputs" tensors={inputs} />
      <Tensors title="Outputs" tensors={outputs} />
    </div>
  );
}

function Tensors(props: { title: string; tensors: TensorSpec[] }) {
  return (
    <table className={classes.table}>
      <caption>
        <Text variant="body-small" weight="bold">
          {props.title}
        </Text>
      </caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col">Datatype</th>
          <th scope="col">Shape</th>
        </tr>
      </thead>
      <tbody>
        {props.tensors.map(tensor => (
          <tr key={tensor.name}>
            <th scope="row">
              {tensor.name} {tensor.pii && <PersonalData />}
              {tensor.description && (
                <Text as="p" variant="body-small" color="secondary">
                  {tensor.description}
                </Text>
              )}
            </th>
            <td>{tensor.datatype}</td>
            <td>{formatShape(tensor.shape)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function PersonalData() {
  return (
    <span
      className={classes.pii}
      title="Carries personal data: its values never reach a log"
    >
      <RiShieldUserLine aria-hidden />
      personal data
    </span>
  );
}
