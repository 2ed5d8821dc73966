import { Button } from "@mantine/core";
import { IconPlugConnectedX, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "../api/live.tsx";
import { Ago } from "../text/ago.tsx";

/** A reconnect within this time is not worth a word. */
const patienceMs = 2_500;

/** Says that what is on screen is old, and since when. */
export function ConnectionBanner() {
  const { t } = useTranslation();
  const live = useLive();
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (live.state !== "lost") {
      setLost(false);
      return undefined;
    }
    const timer = setTimeout(() => setLost(true), patienceMs);
    return () => clearTimeout(timer);
  }, [live.state]);
  if (lost) {
    return (
      <div className="banner banner-lost" role="status">
        <IconPlugConnectedX size={17} aria-hidden />
        <span>
          {t("live.lost")} {t("live.lastHeard")} <Ago ms={live.lastHeardMs} />. {t("live.trying")}
        </span>
      </div>
    );
  }
  if (!live.paused) return null;
  return (
    <div className="banner" role="status">
      <span>{t("live.pausedLong")}</span>
      <Button
        size="compact-xs"
        variant="default"
        leftSection={<IconPlayerPlay size={13} />}
        onClick={() => live.setPaused(false)}
      >
        {t("live.resume")}
      </Button>
    </div>
  );
}
