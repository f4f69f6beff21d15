import {
  BellOutlined,
  FontSizeOutlined,
  FundProjectionScreenOutlined,
  LogoutOutlined,
  MenuOutlined,
  SoundOutlined,
  UserOutlined,
} from "@ant-design/icons";
import { useGet } from "@api/hooks";
import { setLanguage } from "@kit/i18n";
import { AppLink, useGo } from "@kit/nav";
import { setPrefs, usePrefs } from "@kit/prefs";
import type { Screen } from "@kit/screens";
import { Badge, Dropdown, Tooltip } from "antd";
import { useTranslation } from "react-i18next";
import { Search } from "./Search";
import { screenOf } from "./screens";
import { useSession, useSignIn } from "./session";

export function Header({ screen, openMenu }: { screen: Screen | undefined; openMenu: () => void }) {
  const { t } = useTranslation();
  const session = useSession();
  const { large } = usePrefs();
  const cockpit = session.subject === "government" && session.may.includes("online:view");
  return (
    <header className="header">
      <button type="button" className="icon-button only-phone" onClick={openMenu} aria-label={t("打开菜单")}>
        <MenuOutlined />
      </button>
      <Crumbs screen={screen} />
      <Search />
      <div className="header-tools">
        {cockpit && (
          <Tooltip title={t("驾驶舱")}>
            <AppLink to="/cockpit" className="icon-button not-phone" aria-label={t("驾驶舱")}>
              <FundProjectionScreenOutlined />
            </AppLink>
          </Tooltip>
        )}
        <Bell />
        <span className="scope" title={session.org.name}>
          <strong>{session.roles.map((role) => t(role.name)).join("、")}</strong>
          <span>{session.org.name}</span>
        </span>
        <Tooltip title={large ? t("恢复标准字号") : t("大字显示")}>
          <button
            type="button"
            className="icon-button not-phone"
            aria-pressed={large}
            aria-label={t("大字显示")}
            onClick={() => setPrefs({ large: !large })}
          >
            <FontSizeOutlined />
          </button>
        </Tooltip>
        <Language />
        <UserMenu />
      </div>
    </header>
  );
}

function Crumbs({ screen }: { screen: Screen | undefined }) {
  const { t } = useTranslation();
  const chain: Screen[] = [];
  for (let at = screen; at && chain.length < 4; at = at.parent ? screenOf(at.parent) : undefined) chain.unshift(at);
  return (
    <nav className="crumbs" aria-label={t("当前位置")}>
      <ol>
        {screen?.path !== "/" && (
          <li>
            <AppLink to="/">{t("工作台")}</AppLink>
          </li>
        )}
        {chain.map((each) => (
          <li key={each.path} aria-current={each === screen ? "page" : undefined}>
            {each === screen ? t(each.title) : <AppLink to={each.path}>{t(each.title)}</AppLink>}
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Bell() {
  const { t } = useTranslation();
  const { data } = useGet("/notifications", { query: { limit: "1" }, live: [""], every: 60_000 });
  const unread = data?.unread ?? 0;
  return (
    <Tooltip title={t("消息通知")}>
      <AppLink to="/notifications" className="icon-button" aria-label={`${t("消息通知")} ${unread}`}>
        <Badge count={unread} size="small" overflowCount={99}>
          <BellOutlined />
        </Badge>
      </AppLink>
    </Tooltip>
  );
}

function Language() {
  const { lang } = usePrefs();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <button
      type="button"
      className="icon-button not-phone"
      lang={other === "en" ? "en" : "zh-CN"}
      aria-label={other === "en" ? "EN: switch to English" : "中：切换为中文"}
      onClick={() => {
        setPrefs({ lang: other });
        void setLanguage(other);
      }}
    >
      {other === "en" ? "EN" : "中"}
    </button>
  );
}

function UserMenu() {
  const { t } = useTranslation();
  const session = useSession();
  const { leave } = useSignIn();
  const { sound, large } = usePrefs();
  const go = useGo();
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items: [
          { key: "who", disabled: true, label: `${session.person} · ${session.username}` },
          { key: "account", icon: <UserOutlined />, label: t("我的账号"), onClick: () => go("/account") },
          {
            key: "sound",
            icon: <SoundOutlined />,
            label: sound ? t("关闭预警声音") : t("打开预警声音"),
            onClick: () => setPrefs({ sound: !sound }),
          },
          {
            key: "large",
            icon: <FontSizeOutlined />,
            label: large ? t("恢复标准字号") : t("大字显示"),
            onClick: () => setPrefs({ large: !large }),
          },
          { type: "divider" },
          {
            key: "leave",
            icon: <LogoutOutlined />,
            label: t("退出登录"),
            onClick: () => void leave().then(() => go("/login")),
          },
        ],
      }}
    >
      <button type="button" className="icon-button user-button" aria-label={`${session.person} ${t("用户菜单")}`}>
        <UserOutlined />
        <span className="not-phone">{session.person}</span>
      </button>
    </Dropdown>
  );
}
