import type { ModelFile } from '@ml-platform/plugin-ml-common';
import { Section } from '../ModelCard';
import classes from '../shared/shared.module.css';

/** What runs a version that is no ONNX file: its runtime, or its server. */
export function FormatFacts({ file }: { file: ModelFile }) {
  const facts = factsOf(file);
  if (!facts.length) return null;
  return (
    <Section title="Served by">
      <table className={classes.plainTable}>
        <tbody>
          {facts.map(([name, value]) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Section>
  );
}

function factsOf({ mlserver, container }: ModelFile): [string, string][] {
  const facts: [string, string | undefined][] = [
    ['MLServer runtime', mlserver?.runtime],
    ['Python', mlserver?.python],
    ['Requirements', mlserver?.requirements],
    ['Accepted imports', mlserver?.acceptImports?.join(', ')],
    ['Image', container?.image],
    ['Command', container?.command?.join(' ')],
    ['Port', container && String(container.port)],
    ['Name on the server', container?.model],
    ['Liveness path', container?.live],
    ['Readiness path', container?.ready],
  ];
  return facts.filter((fact): fact is [string, string] => Boolean(fact[1]));
}
