import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Where `npm run dev:web` finds a running server. */
const server = process.env["PORTOLAN_DEV_SERVER"] ?? "http://127.0.0.1:7300";

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The policy allows no data: scripts or styles; small files stay files.
    assetsInlineLimit: 0,
    target: "es2022",
    chunkSizeWarningLimit: 700,
  },
  server: { proxy: { "/api": server }, host: "127.0.0.1" },
});
