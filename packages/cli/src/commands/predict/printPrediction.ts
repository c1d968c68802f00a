import { OUTPUT_API_VERSION, type Output } from '../../output/Output';
import { renderTable } from '../../output/renderTable';

interface OutputTensor {
  name: string;
  datatype: string;
  shape: number[];
  data: unknown[];
}

const SHOWN = 8;

/**
 * Prints a gateway's answer. As JSON it is passed on as text: numbers beyond
 * a double's precision would not survive being parsed.
 */
export async function printPrediction(
  output: Output,
  answer: string,
): Promise<void> {
  if (!output.isFormatChosen) {
    output.write(answer);
    return;
  }
  switch (output.format) {
    case 'json':
      output.write(
        `{"apiVersion":"${OUTPUT_API_VERSION}","kind":"Prediction","data":${answer}}`,
      );
      break;
    case 'yaml': {
      const { parse, stringify } = await import('yaml');
      output.write(
        stringify({
          apiVersion: OUTPUT_API_VERSION,
          kind: 'Prediction',
          data: parse(answer, { intAsBigInt: true }),
        }).trimEnd(),
      );
      break;
    }
    default: {
      const { outputs } = JSON.parse(answer) as { outputs: OutputTensor[] };
      output.write(
        output.format === 'name'
          ? outputs.map(tensor => tensor.name).join('\n')
          : table(outputs),
      );
    }
  }
}

function table(outputs: OutputTensor[]): string {
  return renderTable(
    ['OUTPUT', 'DATATYPE', 'SHAPE', 'DATA'],
    outputs.map(({ name, datatype, shape, data }) => {
      const values: unknown[] = data.flat(Infinity);
      const more = values.length > SHOWN ? ', …' : '';
      return [
        name,
        datatype,
        `[${shape.join(', ')}]`,
        `${values.slice(0, SHOWN).join(', ')}${more}`,
      ];
    }),
  );
}
