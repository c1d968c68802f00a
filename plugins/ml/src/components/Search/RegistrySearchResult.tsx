import { Link } from '@backstage/core-components';
import type { BaseSearchResultListItemProps } from '@backstage/plugin-search-react/alpha';
import type { ResultHighlight } from '@backstage/plugin-search-common';
import { HighlightedSearchResultText } from '@backstage/plugin-search-react';
import { Text } from '@backstage/ui';
import { RiBrainLine, RiPriceTag3Line } from '@remixicon/react';
import { texts } from '../../texts';
import shared from '../shared/shared.module.css';
import classes from './Search.module.css';

/** The fields that the collators of models and versions add. */
interface RegistryDocument {
  title: string;
  text: string;
  location: string;
  model?: string;
  version?: string;
  state?: string;
  liveIn?: string[];
  latestVersion?: string;
}

/** A model or a version among the results of the search. */
export function RegistrySearchResult(
  props: BaseSearchResultListItemProps<{ highlight?: ResultHighlight }>,
) {
  const document = props.result as RegistryDocument | undefined;
  if (!document) return null;
  const { highlight } = props;
  const marked = (field: 'title' | 'text') =>
    highlight?.fields[field] ? (
      <HighlightedSearchResultText
        text={highlight.fields[field]}
        preTag={highlight.preTag}
        postTag={highlight.postTag}
      />
    ) : (
      document[field]
    );
  const Icon = document.version ? RiPriceTag3Line : RiBrainLine;
  return (
    <div className={classes.result}>
      <Icon className={classes.icon} aria-hidden />
      <div className={classes.words}>
        <Link noTrack to={document.location}>
          <Text weight="bold">{marked('title')}</Text>
        </Link>
        <p className={classes.excerpt}>{marked('text')}</p>
        <div className={classes.facts}>
          {factsOf(document).map(fact => (
            <span key={fact} className={shared.chip}>
              {fact}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

function factsOf(document: RegistryDocument): string[] {
  const { latestVersion, liveIn = [], state, version } = document;
  if (version) return [texts.searchResult.version, state ?? ''].filter(Boolean);
  return [
    texts.searchResult.model,
    latestVersion ?? texts.searchResult.noVersion,
    ...liveIn.map(texts.searchResult.live),
  ];
}
