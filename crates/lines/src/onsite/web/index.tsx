import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/visits", title: "检查服务", load: () => import("./VisitList") },
    { path: "/visits/$id", title: "检查服务详情", parent: "/visits", load: () => import("./VisitPage") },
    { path: "/visit-irregularities", title: "异常入企", load: () => import("./Irregularities") },
    { path: "/hazards", title: "隐患", load: () => import("./HazardList") },
    { path: "/hazards/new", title: "登记隐患", parent: "/hazards", load: () => import("./HazardList") },
    { path: "/hazards/$id", title: "隐患详情", parent: "/hazards", load: () => import("./HazardPage") },
  ],
  objects: { visit: (id) => `/visits/${id}`, hazard: (id) => `/hazards/${id}` },
};
export default screens;
