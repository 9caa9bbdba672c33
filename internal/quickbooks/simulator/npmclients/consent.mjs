/**
 * Does what a person does in the browser: opens the address that the app sent them to, chooses a company, and presses
 * Authorize or Cancel.
 * @param {string} authorizeUri as the client made it
 * @param {{decision?: "authorize" | "cancel", realm?: string}} choice
 * @returns {Promise<string>} the address that the browser is sent back to
 */
export async function consent(authorizeUri, { decision = "authorize", realm } = {}) {
  const address = new URL(authorizeUri);
  const shown = await fetch(address);
  const page = await shown.text();
  if (!shown.ok) {
    throw new Error(`the consent page answers ${shown.status}: ${page}`);
  }
  const form = new URLSearchParams(address.search);
  form.set("decision", decision);
  if (realm) {
    form.set("realm", realm);
  }
  const answer = await fetch(address.origin + address.pathname, { method: "POST", body: form, redirect: "manual" });
  const location = answer.headers.get("location");
  if (!location) {
    throw new Error(`the decision is answered ${answer.status} without a Location: ${await answer.text()}`);
  }
  return location;
}
