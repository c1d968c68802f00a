import { useEffect, useState } from 'react';
import { ButtonIcon } from '@backstage/ui';
import {
  RiCheckLine,
  RiErrorWarningLine,
  RiFileCopyLine,
} from '@remixicon/react';

const ICONS = {
  idle: <RiFileCopyLine />,
  copied: <RiCheckLine />,
  failed: <RiErrorWarningLine />,
};

/** Copies a text and says that it did, or that the browser refused. */
export function CopyButton(props: { text: string; label: string }) {
  const [state, setState] = useState<keyof typeof ICONS>('idle');
  useEffect(() => {
    if (state === 'idle') return undefined;
    const timer = setTimeout(() => setState('idle'), 2000);
    return () => clearTimeout(timer);
  }, [state]);
  const labels = {
    idle: props.label,
    copied: 'Copied',
    failed: 'The browser did not allow copying',
  };
  return (
    <ButtonIcon
      size="small"
      variant="tertiary"
      icon={ICONS[state]}
      aria-label={labels[state]}
      onPress={async () => {
        try {
          // Absent on pages that are not served securely.
          await navigator.clipboard.writeText(props.text);
          setState('copied');
        } catch {
          setState('failed');
        }
      }}
    />
  );
}
