import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/orgs", title: "机构", load: () => import("./Orgs") },
    { path: "/users", title: "用户", load: () => import("./Users") },
    { path: "/keys", title: "接口密钥", load: () => import("./Keys") },
    { path: "/authorisation", title: "授权矩阵", load: () => import("./Authorisation") },
    { path: "/rules", title: "规则库", load: () => import("./Rules") },
    { path: "/rules/$table", title: "规则表", parent: "/rules", load: () => import("./RuleTable") },
    { path: "/audit", title: "审计日志", load: () => import("./Audit") },
  ],
};
export default screens;
