import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import type { Client } from "../api/client";
import { fakeClient } from "../api/fake";
import { failing, show, waiting } from "./show";

const broken = failing("NoSpace", "The disk of /data is full.", "Free some space, then try again.");

type PageCase = { page: string; hash: string; command: keyof Client; empty: string; ready: string };
const PAGES: PageCase[] = [
  { page: "Data", hash: "#/data", command: "listTables", empty: "No tables yet", ready: "Choose a table" },
  { page: "Jobs", hash: "#/jobs", command: "listJobs", empty: "No job has run yet", ready: "Started, UTC" },
  {
    page: "Models",
    hash: "#/models",
    command: "queryRuns",
    empty: "No model is trained yet",
    ready: "Started, UTC",
  },
  {
    page: "Train",
    hash: "#/train",
    command: "trainSources",
    empty: "No table has a label",
    ready: "Mean absolute error",
  },
];

describe.each(PAGES)("$page", ({ hash, command, empty, ready }) => {
  it("says how to get a workspace when none is open", async () => {
    const { user } = show({ hash, fake: { workspace: "none" } });
    await screen.findByText("No workspace is open");
    await user.click(screen.getByRole("button", { name: "Go to Start" }));
    await screen.findByTestId("run-sample");
  });
  it("says what it would show when it is empty", async () => {
    show({ hash, fake: { workspace: "fresh" } });
    await screen.findByText(empty);
  });
  it("says that it is loading", async () => {
    show({ hash, client: { [command]: waiting } });
    await screen.findByTestId("loading");
  });
  it("says what failed, to what, and the next step", async () => {
    show({ hash, client: { [command]: broken } });
    const failed = await screen.findByTestId("failed");
    expect(failed.textContent).toContain("The disk of /data is full.");
    expect(failed.textContent).toContain("Free some space, then try again.");
    within(failed).getByRole("button", { name: "Try again" });
  });
  it("shows what there is when it is ready", async () => {
    show({ hash });
    await screen.findByText(ready);
  });
});

describe("Start", () => {
  it("says that it is loading, and what failed", async () => {
    show({ client: { startState: waiting } });
    await screen.findByText("Reading settings");
  });
  it("shows the failure of its own reading", async () => {
    show({ client: { startState: broken } });
    expect((await screen.findByTestId("failed")).textContent).toContain("The disk of /data is full.");
  });
  it("says that no workspace is known yet", async () => {
    show({
      client: {
        startState: async () => ({ workspace: null, recent: [], version: "0.1.0", sample_path: "/tmp/sample" }),
      },
    });
    await screen.findByText("Workspaces you open are listed here.");
    await screen.findByText("Its workspace: /tmp/sample");
  });
  it("runs the sample from nothing to an open result", async () => {
    const { user } = show({ fake: { workspace: "none" } });
    await user.click(await screen.findByTestId("run-sample"));
    const score = await screen.findByTestId("score-rsquared", {}, { timeout: 5000 });
    expect(Number(score.dataset.value)).toBeCloseTo(0.0214387, 10);
    expect(window.location.hash).toMatch(/^#\/train\/[0-9a-f]{40}$/);
    expect(screen.getByTestId("announcement").textContent).toContain("Done: Run the sample");
  });
  it("opens the sample where it is there already", async () => {
    const { user } = show({
      fake: { workspace: "none" },
      client: { createWorkspace: failing("AlreadyExists", "There is a workspace already.", "Open it.") },
    });
    await user.click(await screen.findByTestId("run-sample"));
    await screen.findByTestId("score-rsquared", {}, { timeout: 5000 });
  });
  it("opens a workspace by its typed folder, and says why it cannot", async () => {
    const { user } = show({ fake: { workspace: "none" } });
    await user.type(await screen.findByTestId("workspace-path"), "/media/usb/archive");
    await user.click(screen.getByTestId("open-workspace"));
    await screen.findByText(/There is no workspace at \/media\/usb\/archive/);
    await user.clear(screen.getByTestId("workspace-path"));
    await user.type(screen.getByTestId("workspace-path"), "/home/ana/crypto");
    await user.click(screen.getByTestId("open-workspace"));
    await screen.findByText("embedded · crypto");
  });
});

describe("Data", () => {
  it("opens a table from the tree as a grid with types and labels", async () => {
    const { user } = show({ hash: "#/data" });
    await user.click(await screen.findByTestId("table-features.us_daily"));
    const grid = await screen.findByTestId("grid");
    expect(grid.getAttribute("aria-rowcount")).toBe("9809");
    expect(window.location.hash).toBe("#/data/local.features.us_daily");
    within(grid).getByText("TIMESTAMP");
  });
  it("marks a label with the bars it looks ahead", async () => {
    const { user } = show({ hash: "#/data/local.features.us_daily" });
    const grid = await screen.findByTestId("grid");
    grid.focus();
    await user.keyboard("{End}");
    await screen.findByText("an outcome only");
    screen.getByText(/it reads 50 bars ahead/);
  });
  it("is walked with the arrows", async () => {
    const { user } = show({ hash: "#/data/local.market.bars_us_daily" });
    const grid = await screen.findByTestId("grid");
    grid.focus();
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}");
    await screen.findByText("row 3, ticker");
    const active = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    expect(active?.getAttribute("aria-selected")).toBe("true");
    await user.keyboard("{Control>}{End}{/Control}");
    await screen.findByText("row 13,085, volume");
  });
  it("filters its tables", async () => {
    const { user } = show({ hash: "#/data" });
    await screen.findByTestId("table-features.us_daily");
    await user.type(screen.getByRole("textbox", { name: "Filter tables" }), "btc");
    await waitFor(() => expect(screen.queryByTestId("table-features.us_daily")).toBeNull());
    screen.getByTestId("table-market.bars_btc_minute");
  });
});

describe("Jobs", () => {
  it("shows why a job failed, the next step and its request", async () => {
    show({ hash: "#/jobs" });
    const rows = await screen.findAllByTestId("job-row");
    expect(rows.map((row) => row.dataset.state)).toEqual(["failed", "cancelled", "done"]);
    screen.getByText(/a bar's high is never below its low/);
    screen.getByText(/Correct or remove that line/);
    screen.getByText(/"operation": "import"/);
  });
  it("shows what the queries of a job cost", async () => {
    const [job] = await fakeClient({ delayMs: 0 }).listJobs();
    if (job === undefined) throw new Error("the fake has no job");
    show({
      hash: "#/jobs",
      client: { listJobs: async () => [{ ...job, cost: { bytes_billed: 20_971_520, usd: 0.000119 } }] },
    });
    expect((await screen.findByTestId("job-cost")).textContent).toBe(
      "21\u2009MB billed by BigQuery, about US$\u20090.00012",
    );
  });
  it("shows only the jobs of a state", async () => {
    const { user } = show({ hash: "#/jobs" });
    await screen.findAllByTestId("job-row");
    await user.click(screen.getByRole("button", { name: /^Done/ }));
    expect(screen.getAllByTestId("job-row")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Run the sample" }));
    await user.click(await screen.findByTestId("open-run"));
    await screen.findByTestId("score-rsquared");
  });
});
