import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [{ path: "/insurers/$id", title: "保险机构", load: () => import("./InsurerPage") }],
};
export default screens;
