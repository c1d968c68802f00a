import { Flex, Text } from '@backstage/ui';
import type { Card } from '@ml-platform/plugin-ml-common';
import { Metrics } from './Metrics';
import classes from './ModelCard.module.css';
import { Section, Sentences } from './Section';

/** A model card, to be read by people. */
export function ModelCardView(props: { card: Card }) {
  const { modelParameters, quantitativeAnalysis, considerations } = props.card;
  const facts = [
    ['Task', modelParameters.task],
    ['Approach', modelParameters.approach?.type],
    ['Family', modelParameters.architectureFamily],
    ['Architecture', modelParameters.modelArchitecture],
  ].filter(([, value]) => value);
  return (
    <Flex direction="column" gap="6">
      <Section title="What it does">
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <Fact key={name} name={name!} value={value!} />
          ))}
          {modelParameters.datasets?.map(dataset => (
            <Fact
              key={dataset.name}
              name="Trained on"
              value={
                dataset.classification
                  ? `${dataset.name} (${dataset.classification})`
                  : dataset.name
              }
              more={dataset.description}
            />
          ))}
        </dl>
      </Section>
      <Section title="How well">
        <Metrics metrics={quantitativeAnalysis.performanceMetrics} />
      </Section>
      <div className={classes.columns}>
        <Section title="For whom">
          <Sentences items={considerations.users} />
        </Section>
        <Section title="What for">
          <Sentences items={considerations.useCases} />
        </Section>
      </div>
      <Section title="Where it fails">
        <Sentences items={considerations.technicalLimitations} />
      </Section>
      {considerations.performanceTradeoffs && (
        <Section title="Trade-offs">
          <Sentences items={considerations.performanceTradeoffs} />
        </Section>
      )}
      {considerations.ethicalConsiderations && (
        <Section title="Ethics">
          <Sentences
            items={considerations.ethicalConsiderations.map(
              ({ name, mitigationStrategy }) =>
                mitigationStrategy ? `${name} ${mitigationStrategy}` : name,
            )}
          />
        </Section>
      )}
      {considerations.fairnessAssessments && (
        <Section title="Fairness">
          <Sentences
            items={considerations.fairnessAssessments.map(each =>
              [
                `${each.groupAtRisk}:`,
                each.benefits,
                each.harms,
                each.mitigationStrategy,
              ]
                .filter(Boolean)
                .join(' '),
            )}
          />
        </Section>
      )}
    </Flex>
  );
}

function Fact(props: { name: string; value: string; more?: string }) {
  return (
    <>
      <dt>
        <Text color="secondary">{props.name}</Text>
      </dt>
      <dd>
        <Text as="p">{props.value}</Text>
        {props.more && (
          <Text as="p" variant="body-small" color="secondary">
            {props.more}
          </Text>
        )}
      </dd>
    </>
  );
}
