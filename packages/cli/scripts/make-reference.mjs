// Writes docs/reference/cli.md from the commands' own help.
import { load } from './bundle.mjs';
import { writeOrCheck } from './writeOrCheck.mjs';

const { createProgram, EXIT_CODES } = await load(`
  export { createProgram } from './src/program';
  export { EXIT_CODES } from './src/errors/ExitCode';
`);

const escape = text => text.replace(/\|/g, '\\|').replace(/</g, '&lt;');

function table(heads, rows) {
  const line = cells => `| ${cells.join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join(
    '\n',
  );
}

function optionRow(option) {
  const details = [
    option.description,
    option.mandatory && 'required',
    option.argChoices && `one of ${option.argChoices.join(', ')}`,
    option.defaultValue !== undefined &&
      option.defaultValue !== true &&
      `default: ${defaultText(option)}`,
  ];
  return [`\`${option.flags}\``, escape(details.filter(Boolean).join('; '))];
}

function defaultText(option) {
  return option.long === '--timeout'
    ? `${option.defaultValue / 60_000}m`
    : option.defaultValue;
}

/** What a command adds behind its help: paragraphs, then examples. */
function afterHelp(command) {
  let out = '';
  const write = text => {
    out += text;
  };
  command.emit('afterHelp', { error: false, command, write });
  const [notes, examples = ''] = out.split('Examples:\n');
  return {
    notes: notes.trim(),
    examples: examples
      .split('\n')
      .filter(line => line.startsWith('  $ '))
      .map(line => line.slice(4))
      .join('\n'),
  };
}

function section(command, prefix) {
  const name = `${prefix} ${command.name()}`;
  if (command.commands.length) {
    return command.commands.map(child => section(child, name)).join('\n');
  }
  const { notes, examples } = afterHelp(command);
  const args = command.registeredArguments;
  return [
    `## ${name}\n`,
    `${command.description()}.\n`,
    `\`\`\`text\n${name} ${command.usage()}\n\`\`\`\n`,
    args.length
      ? `${table(
          ['Argument', ''],
          args.map(argument => [
            `\`${argument.name().replace(/\|/g, '\\|')}\``,
            escape(
              [
                argument.description,
                argument.argChoices &&
                  `one of ${argument.argChoices.join(', ')}`,
              ]
                .filter(Boolean)
                .join('; '),
            ),
          ]),
        )}\n`
      : '',
    command.options.length
      ? `${table(['Option', ''], command.options.map(optionRow))}\n`
      : '',
    notes ? `${notes}\n` : '',
    examples ? `\`\`\`bash\n${examples}\n\`\`\`\n` : '',
  ]
    .filter(Boolean)
    .join('\n');
}

const program = createProgram(async () => {});
const visible = program.commands.filter(
  command => !command.name().startsWith('__'),
);

await writeOrCheck({
  'docs/reference/cli.md': `# The \`ml\` command

<!-- Written by packages/cli/scripts/make-reference.mjs from the commands' help; do not edit. -->

${program.description()} In a clone of the platform it runs as \`npx ml\`.

Data goes to stdout and everything said about it to stderr, so that \`ml … | jq\` works. Off a terminal, or with \`CI\` set, nothing is redrawn and nothing is asked.

## Options of every command

${table(['Option', ''], program.options.map(optionRow))}

With \`--json\`, a list is \`{"apiVersion": "ml.internal/v1alpha1", "kind": "ModelList", "items": […]}\`, one object is \`{"apiVersion": …, "kind": "Model", "data": {…}}\`, and an error, on stderr, is \`{"apiVersion": …, "kind": "Error", "error": {"code", "message", "exitCode", "hint", "requestId", "issues"}}\`.

## Exit codes

${table(
  ['Code', 'Meaning'],
  EXIT_CODES.map(({ code, meaning }) => [String(code), meaning]),
)}

## Where it connects to

The first of these that there is:

1. \`--url\`, else \`ML_URL\`;
2. the file that \`ML_CONFIG\` names;
3. \`.ml/config.json\` in the current folder or the nearest one above it; \`npm start\` writes it;
4. \`~/.config/ml/config.json\` (or under \`XDG_CONFIG_HOME\`); \`ml login --url\` writes it;
5. \`.ml/config.json\` of the clone that \`ml\` was built in.

A file is \`{"url": "http://localhost:7007"}\`. Who you are there is the first of these:

1. \`ML_TOKEN\`, for CI;
2. the session of \`ml login\`, in \`sessions.json\` beside the file, or in \`~/.config/ml\` when no file is about this portal;
3. \`token\` in the file, which is sent to its own portal only.

Without any of them \`ml\` ends with exit code 4. \`BROWSER\` names the program that \`ml login\` opens instead of the system's browser.

## Other environment variables

${table(
  ['Variable', ''],
  [
    [
      '`NO_COLOR`, `FORCE_COLOR`, `TERM=dumb`',
      'without colours; with colours; without colours and redrawing',
    ],
    ['`CI`', 'ask nothing, redraw nothing'],
    [
      '`XDG_CACHE_HOME`',
      'where unfinished uploads and completions are remembered, `~/.cache` else',
    ],
  ],
)}

${visible.map(command => section(command, 'ml')).join('\n')}`,
});
