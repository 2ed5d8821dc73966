import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { liveKey } from "../../api/queries.ts";
import type { ConnectionVerdict } from "../../api/shapes.ts";
import { Dialog } from "../../forms/dialog.tsx";
import { useRefusal } from "../../forms/refusal.ts";

interface AcceptButtonProps {
  readonly hostId: string;
  readonly kind: ConnectionVerdict["kind"];
}

/** "This is normal here", asked once more with what it will do. */
export function AcceptButton({ hostId, kind }: AcceptButtonProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const refusal = useRefusal({ 409: t("trouble.gone") });
  const [asking, setAsking] = useState(false);
  const accept = useMutation({
    mutationFn: () =>
      api(`/hosts/${encodeURIComponent(hostId)}/connections/accept`, { method: "POST", body: { kind } }),
    onSuccess: () => notifications.show({ message: t("trouble.acceptDone") }),
    onError: (error) => notifications.show({ message: refusal(error), color: "red" }),
    onSettled: () => client.invalidateQueries({ queryKey: liveKey }),
  });
  const doIt = (): void => {
    accept.mutate();
    setAsking(false);
  };
  return (
    <>
      <Button size="compact-sm" variant="default" loading={accept.isPending} onClick={() => setAsking(true)}>
        {t("trouble.accept")}
      </Button>
      {asking && (
        <Dialog onClose={() => setAsking(false)} title={t("trouble.acceptTitle")}>
          <div className="stack">
            <p>
              <strong>{t(`verdict.${kind}`)}</strong>
            </p>
            <p className="ink2">{t("trouble.acceptText")}</p>
            <div className="line end">
              <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
                {t("action.cancel")}
              </Button>
              <Button onClick={doIt}>{t("trouble.accept")}</Button>
            </div>
          </div>
        </Dialog>
      )}
    </>
  );
}
