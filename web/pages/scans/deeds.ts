import { notifications } from "@mantine/notifications";
import { useMutation, useQueryClient, type UseMutationResult } from "@tanstack/react-query";
import { api } from "../../api/client.ts";
import { scansKey } from "../../api/queries.ts";
import type { ScanPlan, ScanRun } from "../../api/shapes.ts";
import { orderOfPlan } from "./plan-draft.ts";
import { useScanRefusal } from "./plan-refusal.ts";

/** A deed on plans or scans; what is refused is told, and the lists are asked again either way. */
function useDeed<Answer, On = void>(deed: (on: On) => Promise<Answer>): UseMutationResult<Answer, Error, On> {
  const client = useQueryClient();
  const refusal = useScanRefusal();
  return useMutation({
    mutationFn: deed,
    onError: (error) => notifications.show({ message: refusal(error), color: "red" }),
    onSettled: () => client.invalidateQueries({ queryKey: scansKey }),
  });
}

/** Takes the id of the plan. */
export const useStartScan = () =>
  useDeed((planId: string) =>
    api<ScanRun>(`/scan-plans/${encodeURIComponent(planId)}/scans`, { method: "POST" }),
  );

export const useStopScan = (id: string) =>
  useDeed(() => api<ScanRun>(`/scans/${encodeURIComponent(id)}/stop`, { method: "POST" }));

export const useSwitchPlan = (plan: ScanPlan) =>
  useDeed(() =>
    api<ScanPlan>(`/scan-plans/${encodeURIComponent(plan.id)}`, {
      method: "PATCH",
      body: { ...orderOfPlan(plan), enabled: !plan.enabled },
    }),
  );
