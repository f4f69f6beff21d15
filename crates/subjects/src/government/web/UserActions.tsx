import { client, dataOf } from "@api/client";
import type { User } from "@api/types";
import { useWrite } from "@api/write";
import { App, Button } from "antd";
import { useTranslation } from "react-i18next";

type Act = "disable" | "enable" | "reset-password";

/** Close, reopen and reset an account; each asks first and says what follows. */
export function UserActions({ user, reset }: { user: User; reset: (password: string) => void }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const act = useWrite<Act, { password?: string } | undefined>(
    async (verb, header) => {
      const init = { params: { path: { id: user.id }, header }, body: {} };
      if (verb === "disable") return dataOf(await client.POST("/users/{id}/disable", init));
      if (verb === "enable") return dataOf(await client.POST("/users/{id}/enable", init));
      return dataOf(await client.POST("/users/{id}/reset-password", init));
    },
    {
      refresh: ["/users"],
      done: (answer) => {
        message.success(t("已完成"));
        if (answer?.password) reset(answer.password);
      },
      failed: (error) => message.error(error.problem.detail ?? error.problem.title),
    },
  );
  const ask = (verb: Act, title: string, content: string) =>
    modal.confirm({
      title: `${t(title)}：${user.person}（${user.username}）`,
      content: t(content),
      okText: t(title),
      cancelText: t("取消"),
      okButtonProps: { danger: verb === "disable" },
      onOk: () => act.mutateAsync(verb).catch(() => {}),
    });
  return (
    <>
      {user.state === "active" ? (
        <Button
          size="small"
          onClick={() => ask("disable", "停用", "停用后该用户立即退出，不能再登录；其历史记录保留。")}
        >
          {t("停用")}
        </Button>
      ) : (
        <Button size="small" onClick={() => ask("enable", "启用", "启用后该用户可以用原密码登录，原有角色不变。")}>
          {user.state === "locked" ? t("解锁") : t("启用")}
        </Button>
      )}
      <Button
        size="small"
        onClick={() =>
          ask("reset-password", "重置密码", "将生成一次性密码，该用户下次登录必须修改；其当前登录全部失效。")
        }
      >
        {t("重置密码")}
      </Button>
    </>
  );
}
