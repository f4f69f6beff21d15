import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/calc", title: "计算器", layout: "plain", load: () => import("./CalcList") },
    { path: "/calc/$rule", title: "计算器", parent: "/calc", layout: "plain", load: () => import("./Calculator") },
  ],
};
export default screens;
