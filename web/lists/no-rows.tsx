import { Button } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Empty } from "../states/states.tsx";

interface NoRowsProps {
  readonly title: string;
  readonly text: string;
  /** Lets go of every filter; none where nothing is filtered. */
  readonly onClear?: (() => void) | undefined;
}

/** Stands where a list would stand. */
export function NoRows({ title, text, onClear }: NoRowsProps) {
  const { t } = useTranslation();
  return (
    <div className="panel grow">
      <Empty
        title={title}
        action={
          onClear === undefined ? undefined : (
            <Button variant="default" onClick={onClear}>
              {t("list.clear")}
            </Button>
          )
        }
      >
        {text}
      </Empty>
    </div>
  );
}
