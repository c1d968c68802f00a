import type { Environment } from '@ml-platform/plugin-ml-common';

/** Where it is not plain how a value is written. */
const EXAMPLES: Record<string, string> = {
  BYTES: ' of texts, such as ["red"]',
  BOOL: ', such as [true, false]',
};

/** What the portal says to those who call a model. */
export const callTexts = {
  title: 'Call it',
  notLive:
    'It is live nowhere yet. Deploy a version to staging and a request to try appears here.',
  protocol:
    'The protocol is Open Inference Protocol v2, so any of its clients works. Where the gateway asks who calls, a program sends its key: the samples read it from the variable ML_GATEWAY_KEY.',
  environment: 'Environment',
  pin: 'Which version answers',
  live: 'What is live',
  major: (major: string) => `API version ${major}`,
  pinHelp:
    'Applications should pin the API version: updates and rollbacks reach them, breaking changes do not.',
  rest: 'REST',
  grpc: 'gRPC',
  grpcModel: (model: string, pin: string | undefined) =>
    `gRPC: ask for model ${model}${pin ? `, version ${pin}` : ''}.`,
  language: 'Language',
  languages: {
    curl: 'curl',
    requests: 'Python (requests)',
    triton: 'Python (tritonclient)',
    typescript: 'TypeScript',
  },
  withKey: 'With a key',
  sample: 'request',
  contract: (version: string) => `Contract of version ${version}`,
  versions: 'Versions',
  versionColumns: ['Version', 'API version', 'Serves', 'Until'],
  served: (environments: Environment[]) => environments.join(', ') || 'no',
  noSunset: 'no end announced',
  sunset: (date: string) => `sunset ${date}`,
  replaced: (version: string) => `; move to ${version}`,

  tryIt: 'Try it',
  tryHelp: (environment: Environment) =>
    `Sends one request to ${environment} in your name. It is recorded that you did; what you send and get is not.`,
  field: (datatype: string, shape: string) =>
    `${datatype} ${shape}, as a JSON list${EXAMPLES[datatype] ?? ''}`,
  send: 'Send',
  sending: 'The request is on its way.',
  answered: (version: string | undefined, latencyMs: number) =>
    `${
      version ? `Version ${version}` : 'The gateway'
    } answered in ${latencyMs} ms.`,
  refused: (status: number) => `The gateway answered with status ${status}.`,
  answer: 'answer',
  requestId: (id: string) => `Request id: ${id}`,
  notAList: 'Write a list, such as [1, 2.5]',
  wrongCount: (found: number, wanted: string) =>
    `There are ${found} values; the shape ${wanted} does not fit`,
  uneven: 'The inner lists are of different lengths',
  wrongShape: (found: string, wanted: string) =>
    `The lists have the shape ${found}; it must be ${wanted}`,
  noNumber: (datatype: string) =>
    `Every value of ${datatype} must be a number, such as 2.5`,
  noInteger: (datatype: string, [least, most]: [bigint, bigint]) =>
    `Every value of ${datatype} must be a whole number from ${least} to ${most}`,
  noText: 'Every value of BYTES must be a text in double quotes',
  noBoolean: 'Every value of BOOL must be true or false',
  tooLarge: 'The request is larger than 256 KiB; send it to the gateway itself',
};
