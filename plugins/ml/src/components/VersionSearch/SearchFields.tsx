import { type FormEvent, useState } from 'react';
import { Box, Button, Flex, Select, TextField } from '@backstage/ui';
import { RiSearchLine } from '@remixicon/react';
import {
  badMetric,
  SEARCH_CHOICES,
  type SearchField,
  type SearchForm,
} from '../../lib/versionSearch';
import { texts } from '../../texts';
import classes from './VersionSearch.module.css';

const ANY = 'any';

/** What is searched for; nothing happens until it is sent. */
export function SearchFields(props: {
  form: SearchForm;
  onSearch: (form: SearchForm) => void;
}) {
  const { onSearch } = props;
  const say = texts.search;
  const [form, setForm] = useState(props.form);
  const [wrong, setWrong] = useState<string>();

  function submit(event: FormEvent) {
    event.preventDefault();
    const bad = badMetric(form);
    setWrong(bad);
    if (bad) return;
    const given = Object.entries(form).filter(([, value]) => value?.trim());
    onSearch(Object.fromEntries(given));
  }

  return (
    <Box bg="neutral" className={classes.panel}>
      <form aria-label={say.form} onSubmit={submit}>
        <div className={classes.fields}>
          {text('q', say.q, say.qHelp)}
          {text('owner', say.owner, say.ownerHelp)}
          {text('tag', say.tags, say.tagsHelp)}
          <TextField
            label={say.metrics}
            description={wrong ? say.badMetric(wrong) : say.metricsHelp}
            isInvalid={Boolean(wrong)}
            size="small"
            value={form.metric ?? ''}
            onChange={value => {
              // Else the browser would not send the form again.
              setWrong(undefined);
              set('metric', value);
            }}
          />
          {text('alias', say.alias, say.aliasHelp)}
          {choice('format', say.format)}
          {choice('state', say.state)}
          {choice('liveIn', say.liveIn)}
        </div>
        <Flex gap="2">
          <Button
            type="submit"
            size="small"
            variant="primary"
            iconStart={<RiSearchLine />}
          >
            {say.submit}
          </Button>
          <Button
            size="small"
            variant="secondary"
            onPress={() => {
              setForm({});
              setWrong(undefined);
              onSearch({});
            }}
          >
            {say.clear}
          </Button>
        </Flex>
      </form>
    </Box>
  );

  function set(field: SearchField, value: string | undefined) {
    setForm(before => ({ ...before, [field]: value }));
  }

  function text(field: SearchField, label: string, description: string) {
    return (
      <TextField
        label={label}
        description={description}
        size="small"
        value={form[field] ?? ''}
        onChange={value => set(field, value)}
      />
    );
  }

  function choice(field: SearchField, label: string) {
    return (
      <Select
        label={label}
        size="small"
        options={[
          { value: ANY, label: say.any },
          ...SEARCH_CHOICES[field]!.map(value => ({ value, label: value })),
        ]}
        value={form[field] ?? ANY}
        onChange={key =>
          set(field, key === ANY || key === null ? undefined : String(key))
        }
      />
    );
  }
}
