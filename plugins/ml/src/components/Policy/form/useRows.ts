import { useRef, useState } from 'react';

/** The rows of a list that is edited, each with a key that stays its own. */
export function useRows<T>(value: readonly T[], onChange: (rows: T[]) => void) {
  const next = useRef(value.length);
  const addButton = useRef<HTMLButtonElement>(null);
  const [keys, setKeys] = useState(() => value.map((_, index) => index));
  return {
    /** Of the button that adds a row. */
    addButton,
    rows: value.map((row, index) => ({ row, index, key: keys[index] })),
    change: (index: number, row: T) =>
      onChange(value.map((known, at) => (at === index ? row : known))),
    insert: (index: number, row: T) => {
      const key = next.current++;
      setKeys([...keys.slice(0, index), key, ...keys.slice(index)]);
      onChange([...value.slice(0, index), row, ...value.slice(index)]);
    },
    remove: (index: number) => {
      setKeys(keys.filter((_, at) => at !== index));
      onChange(value.filter((_, at) => at !== index));
      // The button that was pressed is gone, and the focus must be somewhere.
      addButton.current?.focus();
    },
  };
}
