import { forwardRef } from 'react';
import { Button } from '@backstage/ui';
import { RiAddLine } from '@remixicon/react';

/** Adds a row to a list of a form; the focus goes here when one is removed. */
export const AddRow = forwardRef<
  HTMLButtonElement,
  { label: string; isDisabled?: boolean; onPress: () => void }
>(({ label, ...rest }, ref) => (
  <div>
    <Button
      {...rest}
      ref={ref}
      size="small"
      variant="secondary"
      iconStart={<RiAddLine />}
    >
      {label}
    </Button>
  </div>
));
AddRow.displayName = 'AddRow';
