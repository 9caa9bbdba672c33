// A page of the console as a test shows it: over a server in this process, typed by the API itself.
import { createRouterTransport, type ServiceImpl } from "@connectrpc/connect";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { render } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { createTillpost } from "@tillpost/client";
import { FinancialService } from "@tillpost/client/financial";
import { IntegrationService } from "@tillpost/client/integration";
import { createQueryClient } from "../api/queries.js";
import type { Session } from "../api/session.js";
import { Look, Services } from "../app.js";
import { makeRouter } from "../router.js";

/** The methods that a test's server has; every other one fails as not implemented. */
export interface Methods {
  readonly financial?: Partial<ServiceImpl<typeof FinancialService>>;
  readonly integration?: Partial<ServiceImpl<typeof IntegrationService>>;
}

/** Someone who may do everything for every retailer. */
export const manager: Session = {
  claims: { subject: "ann@shop.example", retailers: ["*"], mayManage: true },
  retailers: ["my-shop"],
  anyRetailer: true,
  getToken: () => "test",
};

/** Shows the page at an address below the retailer's, "integrations/quickbooks/events?state=error", and returns its user. */
export function renderPage(address: string, methods: Methods, session: Session = manager) {
  const transport = createRouterTransport(({ service }) => {
    service(FinancialService, methods.financial ?? {});
    service(IntegrationService, methods.integration ?? {});
  });
  const tillpost = createTillpost({ baseUrl: "https://tillpost.example", transport, retries: 0 });
  const history = createMemoryHistory({ initialEntries: [`/console/my-shop/${address}`] });
  const view = render(
    <Look env="test">
      <Services tillpost={tillpost} session={session} queries={createQueryClient()}>
        <RouterProvider router={makeRouter(history)} />
      </Services>
    </Look>,
  );
  return { ...view, user: userEvent.setup(), history };
}
