import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/insurance-duties", title: "应保尽保", load: () => import("./Duties") },
    { path: "/insurance-applications", title: "投保与报价", load: () => import("./Applications") },
    {
      path: "/insurance-applications/$id",
      title: "投保申请",
      parent: "/insurance-applications",
      load: () => import("./ApplicationPage"),
    },
    { path: "/insurance-policies", title: "保单", load: () => import("./Policies") },
    {
      path: "/insurance-policies/$id",
      title: "保单",
      parent: "/insurance-policies",
      load: () => import("./PolicyPage"),
    },
    { path: "/premium-adjustments", title: "保险费调整", load: () => import("./Adjustments") },
    {
      path: "/premium-adjustments/$id",
      title: "保险费调整",
      parent: "/premium-adjustments",
      load: () => import("./AdjustmentPage"),
    },
    { path: "/prevention-lines", title: "预防服务台账", load: () => import("./Lines") },
    {
      path: "/prevention-plans/$id",
      title: "预防服务方案",
      parent: "/prevention-lines",
      load: () => import("./PlanPage"),
    },
    { path: "/service-complaints", title: "服务投诉", load: () => import("./Complaints") },
    { path: "/insurance-statistics", title: "承保统计", load: () => import("./Statistics") },
  ],
  objects: {
    "insurance-policy": (id) => `/insurance-policies/${id}`,
    "insurance-application": (id) => `/insurance-applications/${id}`,
    "prevention-plan": (id) => `/prevention-plans/${id}`,
  },
};
export default screens;
