// Applies a chosen color scheme before anything is drawn, so that the page does not flash in the other one.
(() => {
  let chosen = null;
  try {
    chosen = localStorage.getItem("tillpost-color-scheme");
  } catch {
    // Without storage the system's scheme holds.
  }
  const dark = chosen === "dark" || (chosen !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
