import { useTranslation } from "react-i18next";
import { PasswordForm } from "./PasswordForm";
import { useSignIn } from "./session";

/** An initial or reset password opens nothing but this page. */
export default function NewPassword() {
  const { t } = useTranslation();
  const { reload } = useSignIn();
  return (
    <main className="login">
      <div className="login-box">
        <h1>{t("请先修改密码")}</h1>
        <p>{t("当前密码是初始密码或由管理员重置的密码，修改后才能继续使用。")}</p>
        <PasswordForm done={() => void reload()} />
      </div>
    </main>
  );
}
