// From the table of pages to what the browser's address means.
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouterHistory,
} from "@tanstack/react-router";
import { firstPage, pages } from "./routes.js";
import { ChooseRetailer } from "./shell/choose-retailer.js";
import { PageCrashed, PageNotFound, PageOfRetailerNotFound } from "./shell/dead-ends.js";
import { Frame } from "./shell/frame.js";
import { parseSearch, stringifySearch } from "./shell/search.js";

/** Makes the router; tests give it a history of their own. */
export function makeRouter(history?: RouterHistory) {
  const root = createRootRoute({ notFoundComponent: PageNotFound });
  const choose = createRoute({ getParentRoute: () => root, path: "/", component: ChooseRetailer });
  const retailer = createRoute({
    getParentRoute: () => root,
    path: "$retailer",
    component: Frame,
    notFoundComponent: PageOfRetailerNotFound,
  });
  const start = createRoute({
    getParentRoute: () => retailer,
    path: "/",
    component: lazyRouteComponent(firstPage.load),
  });
  const children = pages.map((page) =>
    createRoute({ getParentRoute: () => retailer, path: page.path, component: lazyRouteComponent(page.load) }),
  );
  return createRouter({
    routeTree: root.addChildren([choose, retailer.addChildren([start, ...children])]),
    basepath: "/console",
    defaultErrorComponent: PageCrashed,
    defaultNotFoundComponent: PageNotFound,
    parseSearch,
    stringifySearch,
    ...(history && { history }),
  });
}
