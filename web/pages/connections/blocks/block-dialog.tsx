import { SegmentedControl, Select } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "../../../api/client.ts";
import type { BlockDeed, BlockReport } from "../../../api/shapes.ts";
import { Dialog } from "../../../forms/dialog.tsx";
import { TextField } from "../../../forms/fields.tsx";
import { Form } from "../../../forms/form.tsx";
import { useRefusal } from "../../../forms/refusal.ts";
import { BlockPreview } from "./block-preview.tsx";
import { blocksKey } from "./block-queries.ts";
import { span } from "./block-span.ts";
import { useBlockWords } from "./block-words.ts";

const minuteMs = 60_000;
const durations = [10, 60, 240, 1_440].map((minutes) => minutes * minuteMs);
const durationDefault = String(60 * minuteMs);

interface BlockDialogProps {
  readonly hostId: string;
  readonly onClose: () => void;
}

/** Nothing is blocked before it was shown what that cuts; known addresses only when their target was typed once more. */
export function BlockDialog({ hostId, onClose }: BlockDialogProps) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const words = useBlockWords();
  const refusal = useRefusal();
  const [target, setTarget] = useState("");
  const [duration, setDuration] = useState(durationDefault);
  const [action, setAction] = useState<"drop" | "reject">("drop");
  const [typed, setTyped] = useState("");
  const path = `/hosts/${encodeURIComponent(hostId)}/blocks`;
  const wish = { target: target.trim(), action, durationMs: Number(duration) };
  const preview = useMutation({
    mutationFn: () => api<BlockReport>(`${path}/preview`, { method: "POST", body: wish }),
  });
  const block = useMutation({
    mutationFn: (acceptedPeers: number) =>
      api<BlockDeed>(path, { method: "POST", body: { ...wish, acceptedPeers } }),
    onSuccess: (deed) => {
      if (deed.refusal === null && deed.state !== "failed") onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: blocksKey }),
  });
  const change = (set: () => void): void => {
    set();
    setTyped("");
    preview.reset();
    block.reset();
  };
  const seen = preview.data;
  const peers = seen?.preview?.knownGoodCount ?? 0;
  const mayBlock = seen?.outcome === "planned" || seen?.refusal?.code === "known-good";
  const refused = seen?.refusal && !mayBlock ? seen.refusal : (block.data?.refusal ?? null);
  const sending = mayBlock
    ? { isPending: block.isPending, error: block.error, mutate: () => block.mutate(peers) }
    : { isPending: preview.isPending, error: preview.error, mutate: () => preview.mutate() };
  return (
    <Dialog onClose={onClose} title={t("blocks.blockTitle")} size={620} closeOnClickOutside={false}>
      <Form
        sending={sending}
        deed={mayBlock ? t("blocks.block") : t("blocks.show")}
        refusal={refusal}
        disabled={mayBlock && peers > 0 && typed.trim() !== wish.target}
      >
        <TextField
          label={t("blocks.target")}
          description={t("blocks.targetText")}
          value={target}
          onType={(text) => change(() => setTarget(text))}
          maxLength={64}
          data-autofocus
        />
        <div className="block-choices">
          <Select
            label={t("blocks.for")}
            data={durations.map((ms) => ({ value: String(ms), label: span(t, ms) }))}
            value={duration}
            allowDeselect={false}
            onChange={(value) => change(() => setDuration(value ?? durationDefault))}
          />
          <SegmentedControl
            aria-label={t("blocks.action")}
            value={action}
            onChange={(value) => change(() => setAction(value === "reject" ? "reject" : "drop"))}
            data={[
              { value: "drop", label: t("blocks.drop") },
              { value: "reject", label: t("blocks.reject") },
            ]}
          />
        </div>
        {seen?.preview && <BlockPreview preview={seen.preview} />}
        {seen?.outcome === "in-force" && <p role="status">{t("blockState.in-force")}</p>}
        {refused !== null && (
          <p className="form-problem" role="alert">
            {words.refusal(refused)}
          </p>
        )}
        {block.data?.state === "failed" && (
          <p className="form-problem" role="alert">
            {words.outcome(block.data)}
          </p>
        )}
        {mayBlock && peers > 0 && (
          <TextField
            label={t("blocks.typeAgain", { count: peers })}
            value={typed}
            onType={setTyped}
            placeholder={wish.target}
          />
        )}
      </Form>
    </Dialog>
  );
}
