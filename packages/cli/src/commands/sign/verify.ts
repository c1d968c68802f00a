import { join } from 'node:path';
import {
  type FileDifference,
  FilesDifferError,
  ProofError,
  type ProofProblem,
  type SignedBy,
  type Trust,
  verifyModelSignature,
} from '@ml-platform/attestations';
import { SIGNATURE_FILE } from '@ml-platform/plugin-ml-common';
import type { CommandContext } from '../../CommandContext';
import { CliError } from '../../errors/CliError';
import { ExitCode } from '../../errors/ExitCode';
import { isDirectory } from '../isDirectory';
import { usageError } from '../parseRef';
import { checkedDirectory, readSignatures, versionFiles } from './checked';
import type { VerifyOptions } from './command';
import { readInput } from './readInput';
import { readTrust } from './readTrust';
import { verdictText } from './verdictText';

/** A bundle, and the files that it was compared with. */
export interface Checked {
  /** A file, or the digest of what attaches it. */
  signature: string;
  bundle: Buffer;
  files: () => Promise<Array<{ path: string; digest: string }>>;
}

/** What was found of one signature. */
export interface Verdict {
  signature: string;
  state: 'valid' | 'untrusted' | 'invalid';
  signedBy?: SignedBy;
  problem?: ProofProblem;
  message?: string;
  differences?: FileDifference[];
}

/** `ml verify` */
export async function verify(
  context: CommandContext,
  subject: string,
  options: VerifyOptions,
): Promise<void> {
  const at = parseTime(options.at);
  const isFolder = !subject.includes('@') && (await isDirectory(subject));
  if (!isFolder && (options.signature || options.of)) {
    throw usageError('--signature and --of are for a directory');
  }
  if (options.signature && options.of) {
    throw usageError('--signature and --of say two things; give one of them');
  }
  const { checked, trust } = isFolder
    ? await openDirectory(context, subject, options)
    : await openRegistered(context, subject, options);
  const verdicts: Verdict[] = [];
  for (const item of checked) verdicts.push(await judge(item, trust, at));
  const valid = verdicts.find(({ state }) => state === 'valid');
  const { output } = context;
  await output.object({
    kind: 'Verification',
    name: subject,
    data: {
      subject,
      verified: Boolean(valid),
      at: at.toISOString(),
      signatures: verdicts,
    },
    text: () => verdictText(verdicts),
  });
  if (!valid) throw notVerified(subject, verdicts);
  output.done(`${subject} is what ${valid.signedBy!.name} signed`);
  const others = verdicts.filter(({ state }) => state === 'invalid');
  for (const { message, signature } of others) {
    output.warn(`Another signature does not hold (${signature}): ${message}`);
  }
}

async function openDirectory(
  context: CommandContext,
  directory: string,
  options: VerifyOptions,
): Promise<{ checked: Checked[]; trust: Trust }> {
  const { model, filesFor } = checkedDirectory(context, directory);
  if (options.of) {
    const opened = await readSignatures(context, options.of);
    return {
      checked: opened.signatures.map(signature => ({
        ...signature,
        files: () => filesFor(signature.bundle),
      })),
      trust: await readTrust(context, options, async () => opened.model),
    };
  }
  const path = options.signature ?? join(directory, SIGNATURE_FILE);
  const bundle = await readInput('--signature', path).catch(error => {
    if (options.signature) throw error;
    throw unsigned(directory, `there is no ${SIGNATURE_FILE} in it`);
  });
  return {
    checked: [{ signature: path, bundle, files: () => filesFor(bundle) }],
    trust: await readTrust(context, options, model),
  };
}

async function openRegistered(
  context: CommandContext,
  text: string,
  options: VerifyOptions,
): Promise<{ checked: Checked[]; trust: Trust }> {
  const { manifest, model, signatures } = await readSignatures(context, text);
  if (!signatures.length) {
    throw unsigned(text, 'no signature is attached to it');
  }
  const files = async () => versionFiles(manifest);
  return {
    checked: signatures.map(signature => ({ ...signature, files })),
    trust: await readTrust(context, options, async () => model),
  };
}

async function judge(
  { bundle, files, signature }: Checked,
  trust: Trust,
  at: Date,
): Promise<Verdict> {
  try {
    const { signedBy } = await verifyModelSignature(bundle, {
      ...{ trust, at },
      files: await files(),
    });
    return { signature, state: 'valid', signedBy };
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    const { isAboutTrust, message, problem } = error;
    return {
      signature,
      state: isAboutTrust ? 'untrusted' : 'invalid',
      ...{ problem, message },
      ...(error instanceof FilesDifferError && {
        differences: error.differences,
      }),
    };
  }
}

function parseTime(text: string | undefined): Date {
  if (text === undefined) return new Date();
  const at = new Date(text);
  if (Number.isNaN(at.getTime())) {
    throw usageError(
      `--at ${text}: that is no time; write for example 2026-11-26T12:00:00Z`,
    );
  }
  return at;
}

function unsigned(subject: string, why: string): CliError {
  return new CliError({
    code: 'UNSIGNED',
    exitCode: ExitCode.gateRefused,
    message: `${subject} is not signed: ${why}`,
    hint: `Sign it with: ml sign ${subject} --key <private key>`,
  });
}

function notVerified(subject: string, verdicts: Verdict[]): CliError {
  if (!verdicts.length) return unsigned(subject, 'no signature is attached');
  const broken = verdicts.find(({ state }) => state === 'invalid');
  const { message } = broken ?? verdicts[0];
  return broken
    ? new CliError({
        code: 'SIGNATURE_MISMATCH',
        message: `${subject} is not what was signed. ${message}`,
        hint: 'Do not use it. Get it again from where it was made, and compare.',
      })
    : new CliError({
        code: 'SIGNER_UNTRUSTED',
        exitCode: ExitCode.gateRefused,
        message: `Nobody trusted has signed ${subject}. ${message}`,
        hint: 'Say whom you trust with --key or --root. For a certificate that has expired since, --at says when it was signed.',
      });
}
