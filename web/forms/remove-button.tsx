import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../api/client.ts";
import { Dialog } from "./dialog.tsx";
import { Failure } from "../states/states.tsx";

interface RemoveButtonProps {
  readonly deed: string;
  /** Asked before, with what it will do. */
  readonly title: string;
  readonly text: string;
  /** What the API is told to delete, and the list that it then stands in no more. */
  readonly path: string;
  readonly list: readonly string[];
}

/** A deed that cannot be taken back. */
export function RemoveButton({ deed, title, text, path, list }: RemoveButtonProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const [asking, setAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => api(path, { method: "DELETE" }),
    onSettled: () => client.invalidateQueries({ queryKey: list }),
  });
  const doIt = (): void => {
    remove.mutate();
    setAsking(false);
  };
  return (
    <>
      <Button size="compact-xs" variant="default" color="red" onClick={() => setAsking(true)}>
        {deed}
      </Button>
      {remove.error !== null && <Failure error={remove.error} />}
      {asking && (
        <Dialog onClose={() => setAsking(false)} title={title}>
          <div className="stack">
            <p className="ink2">{text}</p>
            <div className="line end">
              <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
                {t("action.cancel")}
              </Button>
              <Button color="red" onClick={doIt}>
                {deed}
              </Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
