// What importing a Markdown file gives; markdown.ts beside vite.config.ts makes it.
declare module "*.md" {
  /** The page without its title. It holds nothing that could run or load anything. */
  export const html: string;
  export const headings: readonly { readonly level: number; readonly id: string; readonly text: string }[];
}
