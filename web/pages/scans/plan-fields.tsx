import { SegmentedControl, Select, Textarea } from "@mantine/core";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { ScanEngine } from "../../api/shapes.ts";
import { TextField } from "../../forms/fields.tsx";
import { count, share } from "../../text/time.ts";
import { usualPorts, type PlanDraft } from "./plan-draft.ts";

interface FieldsProps {
  readonly draft: PlanDraft;
  readonly set: (change: Partial<PlanDraft>) => void;
  /** By the field of the plan. */
  readonly mistakes: Readonly<Record<string, string>>;
}

const engines: readonly ScanEngine[] = ["auto", "syn", "connect", "nmap", "masscan"];
const missTargets = ["0.0001", "0.001", "0.01", "0.05"];
const scopeShown = 6;

/** Addresses and ports. */
export function WhatFields({
  draft,
  set,
  mistakes,
  scope,
}: FieldsProps & { readonly scope: readonly string[] }) {
  const { t } = useTranslation();
  const more = scope.length > scopeShown ? " …" : "";
  return (
    <>
      <TextField
        label={t("plan.name")}
        value={draft.name}
        onType={(name) => set({ name })}
        error={mistakes["name"]}
        maxLength={100}
        data-autofocus
      />
      <Textarea
        label={t("plan.targets")}
        description={`${t("plan.targetsText")} ${t("scans.allowed")}: ${scope.slice(0, scopeShown).join(", ")}${more}`}
        required
        withAsterisk={false}
        rows={3}
        placeholder={"192.0.2.0/24\n192.0.2.10-20\nlabel:stage=production"}
        value={draft.targets}
        onChange={(event) => set({ targets: event.currentTarget.value })}
        error={mistakes["targets"]}
        spellCheck={false}
        classNames={{ input: "mono" }}
      />
      <TextField
        label={t("plan.exclude")}
        required={false}
        value={draft.exclude}
        onType={(exclude) => set({ exclude })}
        error={mistakes["exclude"]}
        classNames={{ input: "mono" }}
      />
      <Choice
        label={t("plan.ports")}
        value={draft.portsBy}
        onChange={(portsBy) => set({ portsBy })}
        choices={{ usual: t("plan.portsUsual"), all: t("plan.portsAll"), own: t("plan.portsOwn") }}
      >
        <PortsOf draft={draft} set={set} mistakes={mistakes} />
      </Choice>
      <TextField
        label={t("plan.excludePorts")}
        required={false}
        value={draft.excludePorts}
        onType={(excludePorts) => set({ excludePorts })}
        error={mistakes["excludePorts"]}
        classNames={{ input: "mono" }}
      />
    </>
  );
}

function PortsOf({ draft, set, mistakes }: FieldsProps) {
  const { t, i18n } = useTranslation();
  if (draft.portsBy === "usual") {
    return (
      <details className="plan-ports">
        <summary>{t("plan.portsUsualText")}</summary>
        <p className="mono wrap dim">{usualPorts.replaceAll(",", ", ")}</p>
      </details>
    );
  }
  if (draft.portsBy === "all")
    return <p className="dim small">{t("plan.allPorts", { value: count(65_535, i18n.language) })}</p>;
  return (
    <TextField
      aria-label={t("plan.ports")}
      description={t("plan.portsOwnText")}
      placeholder="22,80,443,8000-8100"
      value={draft.ownPorts}
      onType={(ownPorts) => set({ ownPorts })}
      error={mistakes["ports"]}
      classNames={{ input: "mono" }}
    />
  );
}

/** Engine, speed and sureness. */
export function HowFields({ draft, set, mistakes }: FieldsProps) {
  const { t, i18n } = useTranslation();
  const targets = [...new Set([...missTargets, draft.missTarget])].sort((a, b) => Number(a) - Number(b));
  return (
    <div className="plan-pair">
      <Select
        label={t("plan.engine")}
        description={t(`scanEngineLong.${draft.engine}`)}
        value={draft.engine}
        onChange={(engine) => engine !== null && set({ engine })}
        data={engines.map((engine) => ({ value: engine, label: t(`scanEngine.${engine}`) }))}
        error={mistakes["engine"]}
      />
      <TextField
        label={t("plan.bandwidth")}
        description={t("plan.bandwidthText")}
        required={false}
        placeholder="1mbit"
        value={draft.bandwidth}
        onType={(bandwidth) => set({ bandwidth })}
        error={mistakes["bandwidth"]}
        classNames={{ input: "mono" }}
      />
      <Select
        label={t("plan.missTarget")}
        description={t("plan.missTargetText")}
        value={draft.missTarget}
        onChange={(missTarget) => missTarget !== null && set({ missTarget })}
        data={targets.map((value) => ({ value, label: share(Number(value), i18n.language) }))}
        error={mistakes["missTarget"]}
      />
    </div>
  );
}

/** The schedule and its window. */
export function WhenFields({ draft, set, mistakes }: FieldsProps) {
  const { t } = useTranslation();
  const repeats = draft.repeat !== "manual";
  return (
    <>
      <Choice
        label={t("plan.schedule")}
        value={draft.repeat}
        onChange={(repeat) => set({ repeat })}
        choices={{
          manual: t("plan.byHandChoice"),
          every: t("plan.everyChoice"),
          daily: t("plan.dailyChoice"),
        }}
      >
        {draft.repeat === "every" && (
          <div className="line plan-times">
            <TextField
              type="number"
              min={1}
              max={draft.unit === "hours" ? 8_784 : 527_040}
              w={92}
              aria-label={t("plan.everyChoice")}
              value={draft.every}
              onType={(every) => set({ every })}
              error={mistakes["schedule"]}
            />
            <Select
              w={132}
              aria-label={t("plan.unit")}
              value={draft.unit}
              onChange={(unit) => unit !== null && set({ unit })}
              data={[
                { value: "minutes", label: t("plan.minutes") },
                { value: "hours", label: t("plan.hours") },
              ]}
            />
          </div>
        )}
        {draft.repeat === "daily" && (
          <TimeField label={t("plan.dailyChoice")} value={draft.at} onType={(at) => set({ at })} />
        )}
      </Choice>
      {repeats && (
        <Check label={t("plan.enabled")} on={draft.enabled} onTurn={(enabled) => set({ enabled })} />
      )}
      <Check label={t("plan.windowed")} on={draft.windowed} onTurn={(windowed) => set({ windowed })} />
      {draft.windowed && (
        <div className="line plan-times">
          <TimeField label={t("plan.from")} value={draft.from} onType={(from) => set({ from })} />
          <span aria-hidden="true">–</span>
          <TimeField label={t("plan.to")} value={draft.to} onType={(to) => set({ to })} />
        </div>
      )}
      {(repeats || draft.windowed) && <p className="dim small">{t("plan.serverTime")}</p>}
    </>
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onType: (text: string) => void;
}

function TimeField({ label, ...rest }: TimeFieldProps) {
  return <TextField type="time" w={116} aria-label={label} {...rest} />;
}

interface CheckProps {
  readonly label: string;
  readonly on: boolean;
  readonly onTurn: (on: boolean) => void;
}

function Check({ label, on, onTurn }: CheckProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={on} onChange={(event) => onTurn(event.currentTarget.checked)} />
      {label}
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly choices: Readonly<Record<Value, string>>;
  readonly children: ReactNode;
}

/** One of a few, and what the one asks for. */
function Choice<Value extends string>({ label, value, onChange, choices, children }: ChoiceProps<Value>) {
  const id = useId();
  return (
    <div className="setting plan-choice">
      <span id={id}>{label}</span>
      <SegmentedControl
        aria-labelledby={id}
        value={value}
        onChange={(next) => onChange(next)}
        data={(Object.entries(choices) as [Value, string][]).map(([each, words]) => ({
          value: each,
          label: words,
        }))}
      />
      {children}
    </div>
  );
}
