import { InvalidArgumentError, type Command } from 'commander';
import type { Launch } from '../../program';
import { collect, examples } from '../options';

export interface InitOptions {
  name?: string;
  version: string;
  owner?: string;
  title?: string;
  description?: string;
  system?: string;
  tag?: string[];
  input?: string[];
  output?: string[];
  python?: string;
  requirements?: string;
  acceptImport?: string[];
  image?: string;
  command?: string;
  port?: number;
  model?: string;
  force?: boolean;
}

export function addInitCommand(program: Command, launch: Launch): void {
  program
    .command('init')
    .description('Make a model directory from what you have')
    .argument(
      '[source]',
      'an ONNX file, a pickle, a file of XGBoost or LightGBM, a folder of MLflow, or the address of a running server',
    )
    .argument('[directory]', 'where to make it (default: ./<name>)')
    .option('--name <name>', 'name of the model (default: that of the file)')
    .option('--version <version>', 'its first version', '0.1.0')
    .option('--owner <group>', 'team that owns it; asked for on a terminal')
    .option('--title <title>', 'name for people')
    .option('--description <text>', 'what the model tells, and from what')
    .option('--system <system>', 'system that it is part of')
    .option('--tag <tag>', 'word to find it by; may be repeated', collect)
    .option(
      '--input <tensor>',
      'an input, as <name>:<datatype>:<shape>; may be repeated',
      collect,
    )
    .option('--output <tensor>', 'an output, likewise', collect)
    .option('--python <version>', 'Python that a pickle was made with')
    .option('--requirements <file>', 'Python packages, each with its version')
    .option(
      '--accept-import <name>',
      'import of a pickle that you have looked at; may be repeated',
      collect,
    )
    .option('--image <image>', 'OCI image of your server, with its digest')
    .option(
      '--command <command>',
      'what starts your server, instead of --image',
    )
    .option('--port <number>', 'port that your server listens on', parsePort)
    .option('--model <name>', 'name that your server knows the model by')
    .option('--force', 'replace files that are there')
    .addHelpText(
      'after',
      `
Inputs and outputs are read from an ONNX file, from MLflow's signature, or from
the metadata of a running server. A pickle is looked into and never loaded, so
that its inputs and outputs are a proposal; options say what it does not, and on
a terminal you are asked. A pickle that imports more than libraries for models
is refused until each import is accepted. What only people know is marked
with "TO BE WRITTEN": ml validate lists each such place, and no package with
one of them can be registered. In a Git checkout the commit is noted as the
model's lineage. No file is replaced without --force.
${examples(
  'ml init fraud.onnx --owner group:default/risk-team',
  'ml init out/model.onnx models/fraud --name fraud-detector --owner risk-team --tag tabular',
  'ml init fraud.joblib --owner risk-team --python 3.11 --output predict:INT64:-1,1',
  'ml init mlruns/1/models/m-2f/artifacts --name fraud --owner risk-team',
  'ml init http://localhost:8080/v2/models/fraud --owner risk-team --image registry.example/fraud@sha256:…',
  'ml init ./server --command "python server.py" --port 8080 --owner risk-team --input x:FP32:-1,4 --output y:FP32:-1,1',
)}`,
    )
    .action(
      (
        source: string | undefined,
        directory: string | undefined,
        options: InitOptions,
      ) =>
        launch(async context =>
          (await import('./init')).init(context, source, directory, options),
        ),
    );
}

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new InvalidArgumentError('It must be a number from 1 to 65535.');
}
