import "@fontsource-variable/inter";
import "@fontsource-variable/jetbrains-mono";
import "@mantine/core/styles.css";
import "@mantine/notifications/styles.css";
import "@mantine/spotlight/styles.css";
import "./styles/app.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import type { Client } from "./api/client";
import { Providers } from "./Providers";

/** The real client inside the window, the one in memory in a plain browser. Each is loaded only where it is used. */
async function chooseClient(): Promise<Client> {
  if ("__TAURI_INTERNALS__" in window) return (await import("./api/tauri")).tauriClient;
  const workspace = new URLSearchParams(window.location.search).get("workspace");
  const { fakeClient } = await import("./api/fake");
  return fakeClient(workspace === "none" || workspace === "fresh" ? { workspace } : {});
}

async function show(): Promise<void> {
  const root = document.getElementById("root");
  if (root === null) throw new Error("index.html has no #root");
  const client = await chooseClient();
  createRoot(root).render(
    <StrictMode>
      <Providers client={client}>
        <App />
      </Providers>
    </StrictMode>,
  );
}

void show();
