import { PasswordInput, TextInput, type PasswordInputProps, type TextInputProps } from "@mantine/core";
import { useTranslation } from "react-i18next";

export const passwordCharactersMin = 12;

interface Typed {
  readonly value: string;
  readonly onType: (text: string) => void;
}

/** Every field of a form is needed: no asterisk has to say so. */
export function TextField({ onType, ...rest }: Typed & TextInputProps) {
  return (
    <TextInput
      required
      withAsterisk={false}
      onChange={(event) => onType(event.currentTarget.value)}
      {...rest}
    />
  );
}

export function PasswordField({ onType, ...rest }: Typed & PasswordInputProps) {
  const { t } = useTranslation();
  return (
    <PasswordInput
      required
      withAsterisk={false}
      onChange={(event) => onType(event.currentTarget.value)}
      visibilityToggleButtonProps={{ "aria-label": t("field.showPassword") }}
      {...rest}
    />
  );
}

/** A password that is being chosen: says what is asked of it. */
export function NewPasswordField(props: Typed & PasswordInputProps) {
  const { t } = useTranslation();
  const tooShort = props.value !== "" && props.value.length < passwordCharactersMin;
  return (
    <PasswordField
      label={t("field.newPassword")}
      description={t("field.passwordRule", { count: passwordCharactersMin })}
      error={tooShort ? t("field.tooShort") : undefined}
      autoComplete="new-password"
      minLength={passwordCharactersMin}
      {...props}
    />
  );
}
