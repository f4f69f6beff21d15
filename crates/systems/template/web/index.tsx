import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [{ path: "/template/notes", title: "模板", load: () => import("./Notes") }],
};
export default screens;
