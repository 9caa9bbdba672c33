import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";
import { markdown } from "./markdown.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

// Where `vite dev` finds a Tillpost server.
const server = process.env.TILLPOST_URL ?? "http://127.0.0.1:8700";

export default defineConfig(({ command }) => ({
  base: "/console/",
  plugins: [react(), markdown(), compressed()],
  // The server puts a fresh nonce here for every page that it hands out; see console.go.
  html: command === "build" ? { cspNonce: "TILLPOST_NONCE" } : {},
  resolve: {
    alias: [
      { find: /^@tillpost\/client$/, replacement: path("../ts/src/index.ts") },
      { find: /^@tillpost\/client\/(financial|integration)$/, replacement: path("../ts/src/$1.ts") },
    ],
  },
  build: {
    target: "es2023",
    // These have light-dark(), which the stylesheet leaves to them.
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // No retailer can be called ~, so no page has such an address.
    assetsDir: "~/built",
    reportCompressedSize: false,
    // What most pages share is one file: a browser asks for six at a time only, and each has its price.
    rolldownOptions: {
      output: { advancedChunks: { groups: [{ name: "shared", minShareCount: 3 }] } },
    },
  },
  server: {
    port: 8702,
    strictPort: true,
    proxy: {
      "/console/session": { target: server, changeOrigin: true },
      "/tillpost.": { target: server, changeOrigin: true },
    },
  },
}));

/** Puts compressed copies beside the files that shrink, for the server to hand out as they are. */
function compressed(): Plugin {
  return {
    name: "tillpost-compressed",
    apply: "build",
    // Only what is on disk is final: other plugins still change the bundle after this one has seen it.
    writeBundle({ dir = "" }, bundle) {
      for (const name of Object.keys(bundle).filter((name) => /\.(js|css)$/.test(name))) {
        const file = join(dir, name);
        const source = readFileSync(file);
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: source.length };
        writeFileSync(`${file}.br`, brotliCompressSync(source, { params }));
        writeFileSync(`${file}.gz`, gzipSync(source, { level: 9 }));
      }
    },
  };
}
