// How the console looks: calm, compact, one accent. Colors that carry text keep to 4.5:1.
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";
import { partTexts } from "./texts/parts.js";

const pine: MantineColorsTuple = [
  "#e9f6f2",
  "#d3eae3",
  "#a9d6c9",
  "#7bc1ad",
  "#52a892",
  "#338f79",
  "#217a66",
  "#176553",
  "#0f4f41",
  "#083a2f",
];

/** Dialogs lie on the same surface as cards. */
const sheet = {
  header: { backgroundColor: "var(--surface)" },
  content: { backgroundColor: "var(--surface)" },
  title: { fontSize: "1.0625rem", fontWeight: 600 },
};

export const theme = createTheme({
  colors: { pine },
  primaryColor: "pine",
  primaryShade: { light: 7, dark: 6 },
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace",
  fontSizes: { xs: "0.75rem", sm: "0.875rem", md: "0.9375rem", lg: "1.0625rem", xl: "1.25rem" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.375rem" }, h2: { fontSize: "1.0625rem" } } },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Button: { defaultProps: { size: "sm" } },
    Tooltip: { defaultProps: { withArrow: true, openDelay: 300, multiline: true, maw: 280 } },
    Notification: { defaultProps: { closeButtonProps: { "aria-label": partTexts.dismiss } } },
    Modal: { defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.4 } }, styles: sheet },
    Drawer: { defaultProps: { overlayProps: { backgroundOpacity: 0.4 } }, styles: sheet },
  },
});

/** Mantine's own dimmed and placeholder texts are too pale for WCAG AA. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-dimmed": "#5a646e",
    "--mantine-color-placeholder": "#68727c",
    "--mantine-color-body": "#f7f8f8",
    "--mantine-color-error": "#b42318",
    "--mantine-color-anchor": "#176553",
  },
  dark: {
    "--mantine-color-dimmed": "#a8aeb4",
    "--mantine-color-placeholder": "#949ba2",
    "--mantine-color-body": "#17191b",
    "--mantine-color-error": "#ff9b8f",
    "--mantine-color-anchor": "#7bc1ad",
  },
});
