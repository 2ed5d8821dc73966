import { Button, type ButtonProps } from "@mantine/core";
import type { ReactNode } from "react";
import { Failure } from "../states/states.tsx";

interface FormProps extends Pick<ButtonProps, "fullWidth" | "variant"> {
  /** The deed under way: a mutation without variables. */
  readonly sending: {
    readonly isPending: boolean;
    readonly error: unknown;
    readonly mutate: () => void;
  };
  readonly deed: string;
  readonly disabled?: boolean;
  /** A refusal in one sentence; without it the whole failure is shown. */
  readonly refusal?: (error: unknown) => string;
  readonly className?: string;
  readonly children: ReactNode;
}

/** Fields that are sent together. A refusal stands between them and the button, where the eye is. */
export function Form({ sending, deed, refusal, className = "stack", children, ...button }: FormProps) {
  const { isPending, error, mutate } = sending;
  const refused = error !== null && !isPending;
  return (
    <form
      className={className}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isPending) mutate();
      }}
    >
      {children}
      {refusal === undefined ? (
        refused && <Failure error={error} />
      ) : (
        <p className="form-problem" role="alert">
          {refused && refusal(error)}
        </p>
      )}
      <Button type="submit" loading={isPending} {...button}>
        {deed}
      </Button>
    </form>
  );
}
