// The retailer's locations, to choose from.
import { useQuery } from "@connectrpc/connect-query";
import { FinancialService } from "@tillpost/client/financial";
import { useRetailer } from "./retailer.js";

/** The retailer's locations; the one of a shared link is among them although it may be new. */
export function useLocations(chosen: string): string[] {
  const retailerId = useRetailer();
  const { data } = useQuery(FinancialService.method.listLocations, { retailerId }, { staleTime: 60_000 });
  const names = new Set(data?.locations.map((location) => location.locationId));
  if (chosen !== "") {
    names.add(chosen);
  }
  return [...names].sort();
}
