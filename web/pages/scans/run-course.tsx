import { useTranslation } from "react-i18next";
import type { ScanRunDetail } from "../../api/shapes.ts";
import { CourseChart, type CourseLine } from "../../charts/course.tsx";
import { Panel } from "../../panel/panel.tsx";
import { bitRate, count, share } from "../../text/time.ts";
import { bitsPerSecond } from "./plan-estimate.ts";

/** Rate, use of the link and loss over the time of a scan. */
export function RunCourse({ run: { samples, plan } }: { readonly run: ScanRunDetail }) {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  const limit = plan.bandwidth === null ? null : bitsPerSecond(plan.bandwidth);
  const lines: readonly CourseLine[] = [
    {
      name: t("scan.rate"),
      values: samples.map(({ packetsPerSecond }) => packetsPerSecond),
      say: (value) => t("scan.perSecond", { value: count(Math.round(value), language) }),
      tone: "accent",
    },
    {
      name: t("scan.link"),
      values: samples.map(({ bytesPerSecond }) => bytesPerSecond * 8),
      say: (value) => bitRate(value, language),
      limit: limit ?? undefined,
      limitName: t("scan.allowed"),
      tone: "changed",
    },
    {
      name: t("scan.loss"),
      values: samples.map(({ loss }) => loss),
      say: (value) => share(value, language),
      tone: "down",
    },
  ];
  return (
    <Panel title={t("scan.course")}>
      {samples.length < 2 ? (
        <p className="body dim">{t("scan.noCourse")}</p>
      ) : (
        <div className="body">
          <CourseChart
            label={t("scan.course")}
            moments={samples.map(({ elapsedMs }) => elapsedMs)}
            // nmap and masscan do not tell what gets lost.
            lines={lines.filter(({ values }) => values.some((value) => value !== null))}
          />
        </div>
      )}
    </Panel>
  );
}
