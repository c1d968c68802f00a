import { basename, dirname, posix } from 'node:path';
import type { Version } from '@ml-platform/plugin-ml-common';
import type { Check } from './Check';
import type { LaidOutDataset } from './checkData';

/** What to do with what was laid out. */
export function readmeOf(options: {
  version: Version;
  checks: Check[];
  datasets: LaidOutDataset[];
}): string {
  const { checks, datasets, version } = options;
  const { package: file } = version;
  const lineage = file.lineage ?? {};
  const { code } = lineage;
  const artifact = version.files.find(({ path }) => path === file.artifact);
  const wrong = checks.filter(({ state }) => state !== 'matches');
  return [
    `# ${version.model}@${version.version}, to be trained again`,
    '',
    `Registered ${version.createdAt} by ${version.createdBy} as \`${version.digest}\`.`,
    '',
    '| Path | What it is |',
    '| --- | --- |',
    '| `package/` | the package as it was registered; do not change it |',
    `| \`code/\` | ${
      code?.repository
        ? `${cell(code.repository)} at ${cell(code.commit ?? 'no commit')}`
        : 'a copy of the package, which holds its training code'
    } |`,
    ...datasets.map(({ dataset, path }) =>
      path
        ? `| \`${cell(path)}\` | data: ${cell(dataset.name)} (${
            dataset.role ?? 'training'
          }) |`
        : `| not here | data: ${cell(dataset.name)} |`,
    ),
    '| `params.json` | hyperparameters |',
    '| `environment/` | versions of the software, and what pins them |',
    '| `lineage.json`, `checks.json` | what the version says, and what was found |',
    '',
    ...(wrong.length
      ? [
          '**Not everything is as it was**, so the result may differ:',
          '',
          ...wrong.map(
            ({ detail, state, subject }) =>
              `- ${cell(subject)}: ${state}; ${cell(detail)}`,
          ),
          '',
        ]
      : ['Everything is there and matches.', '']),
    '## Train',
    '',
    'Read the code first: what follows runs it.',
    '',
    '```bash',
    ...install(lineage.lockFile?.path, lineage.environment?.python),
    ...train(code),
    '```',
    '',
    '## Compare',
    '',
    ...(artifact
      ? [
          `The model was \`${artifact.path}\` with the digest \`${artifact.digest}\`. From the directory of this file:`,
          '',
          '```bash',
          `sha256sum code/${artifact.path}`,
          '```',
          '',
          'Another digest need not be another model: many trainings are not the same to the last bit. Then compare the answers, or run the evaluation suite of the package on both.',
        ]
      : ['The version does not list its files; compare the answers.']),
    '',
  ].join('\n');
}

function install(lockFile: string | undefined, python = '3'): string[] {
  if (!lockFile) {
    return ['# Install what environment/versions.json names.'];
  }
  const name = basename(lockFile);
  const file = `environment/${quote(name)}`;
  if (/\.txt$/.test(name)) {
    const program = /^\d+(\.\d+)?/.exec(python)?.[0] ?? '3';
    return [
      `python${program} -m venv .venv`,
      `.venv/bin/pip install -r ${file}`,
      '. .venv/bin/activate',
    ];
  }
  if (/\.ya?ml$/.test(name)) {
    return [
      `conda env create --prefix ./.env --file ${file}`,
      'conda activate ./.env',
    ];
  }
  if (name === 'uv.lock') return ['(cd code && uv sync --locked)'];
  if (name === 'poetry.lock') return ['(cd code && poetry install)'];
  return [`# Install what ${file} pins.`];
}

function train(code: { path?: string; command?: string } | undefined) {
  const folder = code?.path ? dirname(code.path) : '.';
  const place = quote(posix.join('code', folder));
  if (code?.command) return [`cd ${place}`, code.command];
  if (code?.path)
    return [`cd ${place}`, `python ${quote(basename(code.path))}`];
  return [`cd ${place}`, '# The version does not say which command trains it.'];
}

function quote(text: string): string {
  return /^[\w./@-]+$/.test(text) ? text : `'${text.replace(/'/g, `'\\''`)}'`;
}

function cell(text: string): string {
  return text.replace(/\|/g, '\\|').replace(/\s+/g, ' ');
}
