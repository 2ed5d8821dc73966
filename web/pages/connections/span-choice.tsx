import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { spans, type Span } from "./spans.ts";

interface SpanChoiceProps {
  readonly span: Span;
  readonly onChange: (span: Span) => void;
}

export function SpanChoice({ span, onChange }: SpanChoiceProps) {
  const { t } = useTranslation();
  return (
    <SegmentedControl
      aria-label={t("connections.span")}
      value={span}
      onChange={onChange}
      data={spans.map((value) => ({ value, label: t(`connectionSpan.${value}`) }))}
    />
  );
}
