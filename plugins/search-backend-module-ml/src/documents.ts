import type { IndexableDocument } from '@backstage/plugin-search-common';
import type { Card, Model, Version } from '@ml-platform/plugin-ml-common';

/**
 * What search knows of a model.
 * @public
 */
export interface ModelDocument extends IndexableDocument {
  model: string;
  owner: string;
  tags: string[];
  latestVersion?: string;
  /** Environments in which a version is live. */
  liveIn: string[];
}

/**
 * What search knows of a version, its card included.
 * @public
 */
export interface VersionDocument extends IndexableDocument {
  model: string;
  version: string;
  state: string;
  format: string;
  aliases: string[];
}

/** Who may see the model may find it, and its versions. */
const authorizationOf = (model: string) => ({ resourceRef: model });

const pageOf = (model: string) =>
  `/catalog/default/model/${encodeURIComponent(model)}`;

export function toModelDocument(model: Model): ModelDocument {
  const { description, latestVersion, name, owner, tags, title } = model;
  const liveIn = model.deployments
    .filter(deployment => deployment.version)
    .map(({ environment }) => environment);
  return {
    title,
    text: [name, description, owner, model.system, ...tags]
      .filter(Boolean)
      .join(' '),
    location: pageOf(name),
    authorization: authorizationOf(name),
    ...{ model: name, owner, tags, latestVersion, liveIn },
  };
}

export function toVersionDocument(version: Version): VersionDocument {
  const { aliases, card, description, format, model, state } = version;
  return {
    title: `${version.package.title ?? model} ${version.version}`,
    text: [
      `${model}@${version.version}`,
      description,
      ...aliases,
      ...tensorTexts(version),
      ...cardTexts(card),
      ...(version.package.lineage?.datasets ?? []).map(({ name }) => name),
    ].join(' '),
    location: `${pageOf(model)}/versions?version=${encodeURIComponent(
      version.version,
    )}`,
    authorization: authorizationOf(model),
    ...{ model, version: version.version, state, format, aliases },
  };
}

function tensorTexts({ interface: { inputs, outputs } }: Version): string[] {
  return [...inputs, ...outputs].flatMap(({ name, description }) =>
    description ? [name, description] : [name],
  );
}

/** All prose of the card; numbers are nothing one would search for. */
function cardTexts(card: Card): string[] {
  const texts: string[] = [];
  const visit = (value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    else if (value && typeof value === 'object') {
      Object.values(value).forEach(visit);
    }
  };
  visit(card);
  return texts;
}
