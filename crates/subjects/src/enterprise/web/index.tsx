import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/enterprises", title: "企业", load: () => import("./EnterpriseList") },
    { path: "/enterprises/$id", title: "企业一页", parent: "/enterprises", load: () => import("./EnterprisePage") },
    { path: "/registrations", title: "注册审核", load: () => import("./Registrations") },
    { path: "/duplicates", title: "重复企业", load: () => import("./Duplicates") },
    { path: "/register", title: "企业自主注册", layout: "plain", load: () => import("./Register") },
  ],
  objects: { enterprise: (id) => `/enterprises/${id}`, org: (id) => `/enterprises/${id}` },
  qr: {
    enterprise: (id) => `/enterprises/${encodeURIComponent(id)}`,
    site: async (id) => (await import("./siteCode")).siteTarget(id),
  },
};
export default screens;
