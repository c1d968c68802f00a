import type { TensorSpec, Version } from '@ml-platform/plugin-ml-common';
import { formatBytes, formatDate } from '../../output/format';
import type { Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

/** A version for people. */
export function versionText(version: Version, output: Output): string {
  const { deprecation } = version;
  return [
    `Model       ${version.model}`,
    `Version     ${version.version}`,
    `State       ${version.state}`,
    ...(deprecation
      ? [
          `Sunset      ${formatDate(deprecation.sunset)}, move to ${
            deprecation.replacement ?? 'another version'
          }: ${deprecation.reason}`,
        ]
      : []),
    `Aliases     ${aliasesText(version)}`,
    `Digest      ${version.digest}`,
    `Format      ${version.format}`,
    `Size        ${formatBytes(version.sizeBytes)} in ${
      version.files.length
    } files`,
    `Registered  ${output.time(version.createdAt)} by ${version.createdBy}`,
    '',
    ...renderTable(
      ['', 'TENSOR', 'DATATYPE', 'SHAPE'],
      [
        ...version.interface.inputs.map(tensorRow('input')),
        ...version.interface.outputs.map(tensorRow('output')),
      ],
    ).split('\n'),
  ].join('\n');
}

/** `deprecated until 2027-03-01` */
export function stateText({ deprecation, state }: Version): string {
  return deprecation && state === 'deprecated'
    ? `${state} until ${formatDate(deprecation.sunset)}`
    : state;
}

export function aliasesText({ aliases }: Version): string {
  return aliases.join(', ') || '-';
}

function tensorRow(side: string) {
  return ({ name, datatype, shape }: TensorSpec) => [
    side,
    name,
    datatype,
    `[${shape.join(', ')}]`,
  ];
}
