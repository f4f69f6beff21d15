import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/desk", title: "值守台", load: () => import("./Desk") },
    { path: "/alarms", title: "预警记录", load: () => import("./AlarmList") },
    { path: "/alarms/$id", title: "预警", parent: "/alarms", load: () => import("./AlarmPage") },
    { path: "/shifts", title: "交接班记录", parent: "/desk", load: () => import("./Shifts") },
    { path: "/online-rates", title: "在线率", load: () => import("./OnlineRates") },
    { path: "/tags", title: "监测点位", load: () => import("./TagList") },
    { path: "/tags/$tag", title: "点位趋势", parent: "/tags", load: () => import("./TagPage") },
    { path: "/limit-changes", title: "限值变更", load: () => import("./LimitChanges") },
    { path: "/devices", title: "设备接入", load: () => import("./Devices") },
    { path: "/quarantine", title: "异常数据", load: () => import("./Quarantine") },
  ],
  objects: { alarm: (id) => `/alarms/${id}`, tag: (id) => `/tags/${id}` },
};
export default screens;
