import { Modal, type ModalProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

interface DialogProps extends Pick<
  ModalProps,
  "title" | "onClose" | "closeOnClickOutside" | "size" | "children"
> {}

/** Open for as long as it is there. */
export function Dialog(props: DialogProps) {
  const { t } = useTranslation();
  return (
    <Modal
      opened
      {...props}
      closeButtonProps={{ "aria-label": t("action.close") }}
      // Mantine draws its heading's line as a <header>, which outside of a section is the banner of the page.
      attributes={{ header: { role: "presentation" } }}
    />
  );
}
