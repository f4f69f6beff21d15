import type { Screens } from "@kit/screens";

const screens: Screens = {
  screens: [
    { path: "/credit-facts", title: "信用事实", load: () => import("./CreditFacts") },
    { path: "/credit-facts/$id", title: "信用事实", parent: "/credit-facts", load: () => import("./CreditFactPage") },
    { path: "/credit-objections", title: "信用异议", load: () => import("./CreditObjections") },
    { path: "/credit-scores/$subject", title: "信用评分", load: () => import("./CreditScorePage") },
  ],
  objects: {
    "credit-fact": (id) => `/credit-facts/${id}`,
    credit: (id) => `/credit-scores/${id}`,
  },
};
export default screens;
