import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState, type ComponentType } from "react";

interface AddButtonProps {
  readonly label: string;
  readonly dialog: ComponentType<{ readonly onClose: () => void }>;
}

/** Opens the form that adds one more. */
export function AddButton({ label, dialog: Adding }: AddButtonProps) {
  const [adding, setAdding] = useState(false);
  return (
    <>
      <Button size="xs" leftSection={<IconPlus size={15} aria-hidden />} onClick={() => setAdding(true)}>
        {label}
      </Button>
      {adding && <Adding onClose={() => setAdding(false)} />}
    </>
  );
}
