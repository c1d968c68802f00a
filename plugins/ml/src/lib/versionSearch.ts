import {
  ENVIRONMENTS,
  FORMATS,
  parseMetricCondition,
  VERSION_STATES,
  type VersionSearchQuery,
} from '@ml-platform/plugin-ml-common';

/** What stands in the form, and in the address under the same names. */
export const SEARCH_FIELDS = [
  'q',
  'owner',
  'tag',
  'metric',
  'alias',
  'format',
  'state',
  'liveIn',
] as const;

/** @internal */
export type SearchField = (typeof SEARCH_FIELDS)[number];
/** @internal */
export type SearchForm = Partial<Record<SearchField, string>>;

/** Choices of the fields that have some. */
export const SEARCH_CHOICES: Partial<Record<SearchField, readonly string[]>> = {
  format: FORMATS,
  state: VERSION_STATES,
  liveIn: ENVIRONMENTS,
};

export function readForm(parameters: URLSearchParams): SearchForm {
  const form: SearchForm = {};
  for (const field of SEARCH_FIELDS) {
    const value = parameters.get(field)?.trim();
    const choices = SEARCH_CHOICES[field];
    if (value && (!choices || choices.includes(value))) form[field] = value;
  }
  return form;
}

/** The first condition on a metric that is none. */
export function badMetric({ metric }: SearchForm): string | undefined {
  return listOf(metric).find(text => !parseMetricCondition(text));
}

export function toQuery(form: SearchForm): VersionSearchQuery {
  const { metric, state, tag, ...rest } = form;
  return {
    ...rest,
    state: state as VersionSearchQuery['state'],
    tags: tag ? listOf(tag) : undefined,
    metrics: metric ? listOf(metric) : undefined,
  };
}

function listOf(text = ''): string[] {
  return text
    .split(',')
    .map(part => part.trim())
    .filter(Boolean);
}
