import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/credit-ratings", title: "信用等级", load: () => import("./CreditRatings") },
    {
      path: "/credit-ratings/$enterprise",
      title: "企业信用",
      parent: "/credit-ratings",
      load: () => import("./CreditRatingPage"),
    },
    { path: "/credit-runs", title: "信用评定", load: () => import("./CreditRuns") },
    { path: "/credit-runs/$id", title: "升降名单", parent: "/credit-runs", load: () => import("./CreditRunPage") },
    { path: "/credit-model", title: "信用模型", load: () => import("./CreditModel") },
  ],
  objects: { "credit-run": (id) => `/credit-runs/${id}`, "credit-model": () => "/credit-model" },
};
export default screens;
