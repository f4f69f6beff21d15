import type { QrTarget, Screen, Screens } from "@kit/screens";

/** The parts' screens are found, not listed: a new system brings its own folder and nothing here changes. */
const found = import.meta.glob<{ default: Screens }>("../../../crates/*/src/*/web/index.tsx", { eager: true });
const parts = Object.values(found).map((module) => module.default);

const own: Screen[] = [
  { path: "/", title: "工作台", load: () => import("./Home") },
  { path: "/notifications", title: "消息通知", load: () => import("./Notifications") },
  { path: "/account", title: "我的账号", load: () => import("./Account") },
  { path: "/cockpit", title: "驾驶舱", layout: "wall", load: () => import("./cockpit/Cockpit") },
  { path: "/imports", title: "数据导入", load: () => import("./Imports") },
  { path: "/imports/$kind", title: "导入", parent: "/imports", load: () => import("./ImportPage") },
  { path: "/q/$kind/$id", title: "扫码查看", load: () => import("./QrLanding") },
  { path: "/why/$id", title: "为什么", load: () => import("./Why") },
  { path: "/evidence", title: "存证日志", load: () => import("../evidence/LogPage") },
  { path: "/verify", title: "核验案卷包", layout: "plain", load: () => import("../evidence/Verify") },
  { path: "/login", title: "登录", layout: "plain", load: () => import("./Login") },
];

export const screens: Screen[] = [...own, ...parts.flatMap((part) => part.screens)];

export const qrTargets: Record<string, QrTarget> = Object.assign({}, ...parts.map((part) => part.qr ?? {}));

const objects: Record<string, (id: string) => string> = Object.assign({}, ...parts.map((part) => part.objects ?? {}));

/** Where the page of an event's subject stands, such as `alarm/<id>`; nothing where the object has no page. */
export function pathOf(subject: string): string | undefined {
  const at = subject.indexOf("/");
  return objects[subject.slice(0, at)]?.(encodeURIComponent(subject.slice(at + 1)));
}

export function screenOf(path: string): Screen | undefined {
  return screens.find((screen) => screen.path === path);
}
