import { Modal, type ModalProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface DialogProps extends Pick<ModalProps, "title" | "onClose" | "closeOnClickOutside" | "children"> {}

/** Open for as long as it is there. */
export function Dialog(props: DialogProps) {
  const { t } = useTranslation();
  return <Modal opened {...props} closeButtonProps={{ "aria-label": t("action.close") }} />;
}
