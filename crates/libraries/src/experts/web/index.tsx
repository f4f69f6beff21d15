import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/experts", title: "专家库", load: () => import("./Experts") },
    { path: "/experts/$id", title: "专家档案", parent: "/experts", load: () => import("./ExpertPage") },
    { path: "/expert-orgs", title: "服务机构", load: () => import("./ExpertOrgs") },
    { path: "/expert-orgs/$id", title: "机构能力", parent: "/expert-orgs", load: () => import("./ExpertOrgPage") },
    { path: "/expert-search", title: "查找专家", load: () => import("./FindExperts") },
    { path: "/services", title: "服务记录", load: () => import("./Services") },
    { path: "/services/$id", title: "一次服务", parent: "/services", load: () => import("./ServicePage") },
  ],
  objects: { expert: (id) => `/experts/${id}` },
};
export default screens;
