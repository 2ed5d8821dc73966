import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client.ts";
import { scanPlansQuery, scansKey } from "../../api/queries.ts";
import type { ScanPlan } from "../../api/shapes.ts";
import { Dialog } from "../../forms/dialog.tsx";
import { Form } from "../../forms/form.tsx";
import { draftOf, orderOf, type PlanDraft } from "./plan-draft.ts";
import { PlanEstimateLine } from "./plan-estimate-line.tsx";
import { HowFields, WhatFields, WhenFields } from "./plan-fields.tsx";
import { usePlanRefusal } from "./plan-refusal.ts";

interface PlanDialogProps {
  /** None: a new one. */
  readonly plan?: ScanPlan;
  readonly onClose: () => void;
}

export function PlanDialog({ plan, onClose }: PlanDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const scope = useQuery(scanPlansQuery).data?.scope;
  const [draft, setDraft] = useState(() => draftOf(plan));
  const fields = useRef<HTMLDivElement>(null);
  const save = useMutation({
    mutationFn: () =>
      api<ScanPlan>(plan === undefined ? "/scan-plans" : `/scan-plans/${encodeURIComponent(plan.id)}`, {
        method: plan === undefined ? "POST" : "PATCH",
        body: orderOf(draft),
      }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: scansKey });
      onClose();
    },
  });
  const { at, sentence } = usePlanRefusal(save.error);
  useEffect(() => {
    if (save.error !== null) fields.current?.querySelector<HTMLElement>("[aria-invalid='true']")?.focus();
  }, [save.error]);
  const set = (change: Partial<PlanDraft>): void => setDraft((before) => ({ ...before, ...change }));
  const title = plan === undefined ? t("scans.addPlan") : t("plan.edit");
  return (
    // A stray click must not lose what is typed.
    <Dialog onClose={onClose} title={title} size={620} closeOnClickOutside={false}>
      <Form sending={save} deed={plan === undefined ? t("scans.addPlan") : t("plan.save")} refusal={sentence}>
        <div className="stack plan-fields" ref={fields}>
          <WhatFields draft={draft} set={set} mistakes={at} scope={scope?.scope ?? []} />
          <HowFields draft={draft} set={set} mistakes={at} />
          <WhenFields draft={draft} set={set} mistakes={at} />
        </div>
        <PlanEstimateLine order={orderOf(draft)} excluded={scope?.exclude ?? []} />
      </Form>
    </Dialog>
  );
}
