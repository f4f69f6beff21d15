import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/hazard-sources", title: "重大危险源", load: () => import("./HazardSources") },
    {
      path: "/hazard-sources/$id",
      title: "危险源档案",
      parent: "/hazard-sources",
      load: () => import("./HazardSourcePage"),
    },
  ],
  objects: { "hazard-source": (id) => `/hazard-sources/${id}` },
  qr: { "hazard-source": (id) => `/hazard-sources/${encodeURIComponent(id)}` },
};
export default screens;
