import {
  EntityRefLink,
  useEntityPresentation,
} from '@backstage/plugin-catalog-react';

/** Who did or has something: a link for people and teams, plain text for services. */
export function Actor(props: { actor: string | undefined }) {
  const { actor } = props;
  if (!actor) return <>someone unknown</>;
  if (!/^(user|group):/.test(actor)) return <>{nameOfService(actor)}</>;
  return <EntityRefLink entityRef={actor} defaultKind="user" hideIcon />;
}

/** Services are called `external:ml-inference-server` or `plugin:scaffolder`. */
function nameOfService(actor: string) {
  return actor.replace(/^(external|plugin|service):/, '');
}

/** The name alone, where a link cannot be. */
export function ActorName(props: { actor: string | undefined }) {
  const { actor } = props;
  if (!actor) return <>someone unknown</>;
  if (!actor.startsWith('user:')) return <>{nameOfService(actor)}</>;
  return <PersonName userRef={actor} />;
}

function PersonName({ userRef }: { userRef: string }) {
  const context = { defaultKind: 'user' };
  return <>{useEntityPresentation(userRef, context).primaryTitle}</>;
}
