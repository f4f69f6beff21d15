import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [{ path: "/service-orgs/$id", title: "技术服务机构", load: () => import("./ServiceOrgPage") }],
};
export default screens;
