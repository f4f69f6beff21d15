import { fromSearch, toSearch } from "@kit/nav";
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Gate, NotFound, PageError } from "./Gate";
import { screens } from "./screens";

const root = createRootRoute({ component: Gate, notFoundComponent: NotFound });

const pages = screens.map((screen) =>
  createRoute({
    getParentRoute: () => root,
    path: screen.path,
    component: lazyRouteComponent(screen.load),
    errorComponent: PageError,
    staticData: { screen },
  }),
);

export const router = createRouter({
  routeTree: root.addChildren(pages),
  parseSearch: fromSearch,
  stringifySearch: toSearch,
  defaultPreload: false,
  scrollRestoration: true,
});
