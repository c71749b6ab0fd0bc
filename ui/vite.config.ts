import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `vite build ui` and `vitest --root ui` both read this file; paths are relative to this folder.
export default defineConfig({
  plugins: [react()],
  clearScreen: false,
  server: { host: "127.0.0.1", port: 5173, strictPort: true },
  preview: { host: "127.0.0.1", port: 4173, strictPort: true },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    // The window loads from disk: a large chunk costs milliseconds, so the web's size warning does not apply.
    chunkSizeWarningLimit: 2000,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["./src/test/setup.ts"],
    css: false,
    restoreMocks: true,
    testTimeout: 20_000,
  },
});
