import { parseEntityRef } from '@backstage/catalog-model';
import { EntityRefLink } from '@backstage/plugin-catalog-react';

/** Who did something: a link for people, plain text for services. */
export function Actor(props: { actor: string | undefined }) {
  const { actor } = props;
  if (!actor) return <>someone unknown</>;
  if (!actor.startsWith('user:')) return <>{nameOfService(actor)}</>;
  return <EntityRefLink entityRef={actor} defaultKind="user" hideIcon />;
}

/** Services are called `external:ml-inference-server` or `plugin:scaffolder`. */
function nameOfService(actor: string) {
  return actor.replace(/^(external|plugin|service):/, '');
}

/** The name alone, where a link cannot be. */
export function actorName(actor: string | undefined): string {
  if (!actor) return 'someone unknown';
  return actor.startsWith('user:')
    ? parseEntityRef(actor).name
    : nameOfService(actor);
}
