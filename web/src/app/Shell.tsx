import { MenuOutlined } from "@ant-design/icons";
import { useLinkState } from "@api/live";
import type { MenuItem } from "@api/types";
import { number } from "@kit/format";
import { AppLink, usePathname } from "@kit/nav";
import { setPrefs, usePrefs } from "@kit/prefs";
import type { Screen } from "@kit/screens";
import { type ReactNode, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { Header } from "./Header";
import { MenuIcon } from "./MenuIcon";
import { screens } from "./screens";
import { useSession } from "./session";

const PHASES = ["事前", "事中", "事后"];

/** The portal: dark menu, header, one page, footer. */
export default function Shell({ screen, children }: { screen: Screen | undefined; children: ReactNode }) {
  const { t } = useTranslation();
  const { collapsed } = usePrefs();
  const [open, setOpen] = useState(false);
  const path = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer of a phone closes with every change of page
  useEffect(() => setOpen(false), [path]);
  return (
    <div className={`shell ${collapsed ? "collapsed" : ""} ${open ? "menu-open" : ""}`}>
      <a className="skip" href="#main">
        {t("跳到正文")}
      </a>
      <aside className="sider">
        <Brand />
        <Menu path={path} />
        <button
          type="button"
          className="fold"
          onClick={() => setPrefs({ collapsed: !collapsed })}
          aria-label={collapsed ? t("展开菜单") : t("收起菜单")}
        >
          <MenuOutlined />
        </button>
      </aside>
      <button type="button" className="menu-shade" aria-label={t("关闭菜单")} onClick={() => setOpen(false)} />
      <div className="stage">
        <Header screen={screen} openMenu={() => setOpen(true)} />
        <main id="main" className="main" tabIndex={-1}>
          {children}
        </main>
        <Footer />
      </div>
    </div>
  );
}

function Brand() {
  return (
    <AppLink to="/" className="brand">
      <img src="/favicon.svg" alt="" width={28} height={28} />
      <span>安澜 安全生产</span>
    </AppLink>
  );
}

type Entry = Pick<MenuItem, "path" | "title">;

/** Where each entry stands: daily watching first, then the systems by phase, the registers, and administration last. */
function groupOf(item: MenuItem): string {
  if (PHASES.includes(item.phase)) return item.phase;
  if (["enterprise", "insurer", "service_org"].includes(item.part)) return "企业与机构";
  if (["credit", "experts"].includes(item.part)) return "信用与专家";
  if (item.part === "portal") return "";
  return item.part === "government" ? "系统管理" : "监管";
}

/** The server says what this person may open; an entry without a screen here is left out, and none stands twice. */
function useMenu(): [string, Entry[]][] {
  const { menu, may, subject } = useSession();
  const shown = menu.filter(
    (item, at) =>
      screens.some((screen) => screen.path === item.path) && menu.findIndex((other) => other.path === item.path) === at,
  );
  const of = (group: string) => shown.filter((item) => groupOf(item) === group);
  const own: Entry[] = [{ path: "/", title: "工作台" }];
  if (subject === "government" && may.includes("online:view")) own.push({ path: "/cockpit", title: "驾驶舱" });
  const imports: Entry[] = may.some((act) => act.endsWith(":import")) ? [{ path: "/imports", title: "数据导入" }] : [];
  return [
    ["", [...own, ...of("")]],
    ...["监管", ...PHASES, "信用与专家", "企业与机构"].map((group): [string, Entry[]] => [group, of(group)]),
    ["系统管理", [...of("系统管理"), ...imports]],
  ];
}

function Menu({ path }: { path: string }) {
  const { t } = useTranslation();
  const groups = useMenu();
  const current = groups
    .flatMap(([, items]) => items)
    .filter((item) => path === item.path || path.startsWith(`${item.path}/`))
    .sort((a, b) => b.path.length - a.path.length)[0];
  return (
    <nav className="menu" aria-label={t("主菜单")}>
      {groups.map(([title, items]) =>
        items.length === 0 ? null : (
          <div key={title}>
            {title && <div className="menu-group">{t(title)}</div>}
            <ul>
              {items.map((item) => (
                <li key={item.path}>
                  <AppLink
                    to={item.path}
                    title={t(item.title)}
                    aria-current={current?.path === item.path ? "page" : undefined}
                  >
                    <MenuIcon path={item.path} />
                    <span>{t(item.title)}</span>
                  </AppLink>
                </li>
              ))}
            </ul>
          </div>
        ),
      )}
    </nav>
  );
}

function Footer() {
  const { t } = useTranslation();
  const { node, version, log_size, log_root, demo } = useSession();
  const link = useLinkState();
  return (
    <footer className="footer">
      <span>安澜 {t("安全生产信息化管理平台")}</span>
      <span>
        {node} · {t("版本")} {version}
      </span>
      <span title={log_root}>
        <AppLink to="/evidence">{t("存证日志")}</AppLink> {number(log_size)} {t("条")} · {log_root.slice(0, 12)}
      </span>
      <span className={`lamp lamp-${link}`}>
        {link === "open" ? t("实时连接正常") : link === "lost" ? t("实时连接中断，正在重连") : t("正在建立实时连接")}
      </span>
      {demo && <span>{t("演示数据")}</span>}
    </footer>
  );
}
