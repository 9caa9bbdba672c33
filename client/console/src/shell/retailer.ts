// The retailer whose pages are shown: it stands in the address, so that links can be shared.
import { useParams } from "@tanstack/react-router";

const pattern = /^[A-Za-z0-9._:-]{1,64}$/;
const storageKey = "tillpost-retailer";

export function isRetailerId(text: string): boolean {
  return pattern.test(text);
}

/** The retailer of the page. */
export function useRetailer(): string {
  const { retailer } = useParams({ strict: false }) as { retailer?: string };
  return retailer ?? "";
}

/** The retailer opened last in this browser, to begin with next time. */
export function lastRetailer(): string {
  try {
    return localStorage.getItem(storageKey) ?? "";
  } catch {
    return "";
  }
}

export function rememberRetailer(retailer: string): void {
  try {
    localStorage.setItem(storageKey, retailer);
  } catch {
    // Without storage the console begins with the choice.
  }
}
