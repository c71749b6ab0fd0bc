import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakeClient } from "../api/fake";
import { filters, finished, runsOf, sortedBy, unfiltered } from "../pages/models/query";
import { failing, show } from "./show";

/** The ids of the two runs of the sample, the newest first. */
async function sampleRuns() {
  const client = fakeClient({ delayMs: 0, stepMs: 5, taskMs: 0 });
  const runs = await client.queryRuns({});
  const [first, second] = runs.map((run) => run.model_execution_id);
  return { client, first: first ?? "", second: second ?? "" };
}

const idsShown = () => screen.getAllByTestId("run-row").map((row) => row.getAttribute("data-id"));

describe("the query", () => {
  it("knows a filter from an order", () => {
    expect(filters({})).toBe(false);
    expect(filters({ sort: "score", reverse: true, trash: true, text: "", tag: null })).toBe(false);
    for (const query of [{ text: "a" }, { tag: "a" }, { min_score: 0 }, { signal_only: true }]) {
      expect(filters(query)).toBe(true);
    }
    expect(unfiltered({ text: "a", tag: "b", sort: "score", reverse: true, trash: true })).toEqual({
      sort: "score",
      reverse: true,
      trash: true,
    });
  });
  it("turns the order round at the second click", () => {
    expect(sortedBy({}, "score")).toEqual({ sort: "score", reverse: false });
    expect(sortedBy({ sort: "score", reverse: false }, "score")).toEqual({ sort: "score", reverse: true });
    expect(sortedBy({}, "started")).toEqual({ sort: "started", reverse: true });
  });
  it("does not send a day that is not finished", () => {
    expect(finished({ since: "2026-01", until: "2026-01-31" })).toEqual({ since: null, until: "2026-01-31" });
  });
  it("reads one run or several from the address", () => {
    expect(runsOf(null)).toEqual([]);
    expect(runsOf("a")).toEqual(["a"]);
    expect(runsOf("a+b")).toEqual(["a", "b"]);
  });
});

describe("Models", () => {
  it("shows every score with its control and p-value", async () => {
    show({ hash: "#/models" });
    const [row] = await screen.findAllByTestId("run-row");
    const cells = within(row as HTMLElement)
      .getAllByRole("cell")
      .map((cell) => cell.textContent?.trim());
    expect(cells.slice(1, 3)).toEqual(["LinearRegression", "ROR_n10"]);
    expect(cells[3]).toBe("0.021");
    expect(cells[4]).toMatch(/^−0\.0\d\d$/);
    expect(cells[5]).toMatch(/^0\.\d+$/);
  });

  it("marks a run whose split leaks, in the list", async () => {
    const { client } = await sampleRuns();
    const queryRuns: typeof client.queryRuns = async (query) =>
      (await client.queryRuns(query)).map((run) => ({ ...run, leaks: true }));
    show({ hash: "#/models", client: { ...client, queryRuns } });
    expect((await screen.findAllByText("leaking split")).length).toBeGreaterThan(0);
  });

  it("filters, says when nothing fits, and clears the filters", async () => {
    const { user } = show({ hash: "#/models" });
    await screen.findAllByTestId("run-row");
    await user.type(screen.getByTestId("filter-text"), "elastic");
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(1));
    await user.type(screen.getByTestId("filter-text"), "x");
    await screen.findByText("No run fits");
    await user.click(screen.getByTestId("clear-filters"));
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(2));
  });

  it("sorts by a header and says so", async () => {
    const { user } = show({ hash: "#/models" });
    await screen.findAllByTestId("run-row");
    const before = idsShown();
    await user.click(screen.getByTestId("sort-model"));
    await waitFor(() => expect(idsShown()).toEqual([...before].reverse()));
    expect(screen.getByRole("columnheader", { name: "Model" }).getAttribute("aria-sort")).toBe("ascending");
  });

  it("walks through the list with arrows and marks runs with Space", async () => {
    const { second } = await sampleRuns();
    const { user } = show({ hash: "#/models" });
    await screen.findAllByTestId("run-row");
    screen.getByTestId("runs").focus();
    await user.keyboard("{ArrowDown}");
    await waitFor(() => expect(window.location.hash).toBe(`#/models/${second}`));
    await user.keyboard(" {ArrowUp} ");
    const compare = screen.getByTestId<HTMLButtonElement>("compare");
    await waitFor(() => expect(compare.textContent).toBe("Compare 2"));
  });

  it("adds and removes tags, and says why one is refused", async () => {
    const { user } = show({ hash: "#/models" });
    const field = await screen.findByTestId("add-tag");
    await user.type(field, "a,b{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("Write another");
    await user.clear(field);
    await user.type(field, "baseline{Enter}");
    await screen.findByTestId("tag-baseline");
    await user.click(screen.getByRole("button", { name: "Remove the tag baseline" }));
    await waitFor(() => expect(screen.queryByTestId("tag-baseline")).toBeNull());
  });

  it("exports a model, and replaces a file only when told to", async () => {
    const { client, first } = await sampleRuns();
    const exportModel = vi.fn(client.exportModel);
    const { user } = show({ hash: `#/models/${first}`, client: { ...client, exportModel } });
    await user.click(await screen.findByTestId("export-model"));
    await user.type(await screen.findByTestId("export-path"), "/data/exists.onnx");
    await user.click(screen.getByText("JSON"));
    expect(screen.getByTestId<HTMLInputElement>("export-path").value).toBe("/data/exists.json");
    await user.click(screen.getByTestId("export-now"));
    await user.click(await screen.findByTestId("replace-model"));
    await screen.findByText(/^Exported LinearRegression as JSON, 4\.8/);
    expect(exportModel.mock.calls).toEqual([
      [first, "json", "/data/exists.json", false],
      [first, "json", "/data/exists.json", true],
    ]);
  });

  it("asks the system where to export to, with a name that tells the model", async () => {
    const { client, first } = await sampleRuns();
    const pickSaveFile = vi.fn(client.pickSaveFile);
    const { user } = show({ hash: `#/models/${first}`, client: { ...client, pickSaveFile } });
    await user.click(await screen.findByTestId("export-model"));
    await user.click(await screen.findByTestId("export-now"));
    await screen.findByText(/^Exported LinearRegression as ONNX/);
    const name = `LinearRegression_ROR_n10_${first.slice(0, 8)}.onnx`;
    expect(pickSaveFile).toHaveBeenCalledWith("Export LinearRegression", name, ["onnx"]);
  });

  it("saves the note when its field is left", async () => {
    const { client, first } = await sampleRuns();
    const { user } = show({ hash: `#/models/${first}`, client });
    await user.type(await screen.findByTestId("note"), "before costs");
    await user.tab();
    await waitFor(async () => expect((await client.runRecord(first)).note).toBe("before costs"));
  });

  it("says who lost an alias that moves", async () => {
    const { client, first, second } = await sampleRuns();
    // Both for one outcome.
    const giveAlias: typeof client.giveAlias = async (id, alias) => ({
      ...(await client.giveAlias(id, alias)),
      from: second,
    });
    const { user } = show({ hash: `#/models/${first}`, client: { ...client, giveAlias } });
    await user.click(await screen.findByTestId("make-champion"));
    expect((await screen.findByTestId("alias-moved")).textContent).toBe(`champion was ${second.slice(0, 8)}… before.`);
    await screen.findByTestId("alias-champion");
  });

  it("deletes with an undo", async () => {
    const { first } = await sampleRuns();
    const { user } = show({ hash: `#/models/${first}` });
    await user.click(await screen.findByTestId("delete-run"));
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(1));
    await user.click(await screen.findByTestId("undo-delete"));
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(2));
  });

  it("asks before it deletes a champion", async () => {
    const { client, first } = await sampleRuns();
    await client.giveAlias(first, "champion");
    const { user } = show({ hash: `#/models/${first}`, client });
    await screen.findByTestId("alias-champion");
    await user.click(screen.getByTestId("delete-run"));
    await screen.findByText(/This run is champion/);
    await user.click(screen.getByTestId("delete-forced"));
    await screen.findByTestId("undo-delete");
  });

  it("shows the trash, restores from it and empties it", async () => {
    const { client, first, second } = await sampleRuns();
    await client.deleteRun(first, false);
    await client.deleteRun(second, false);
    const { user } = show({ hash: "#/models", client });
    await screen.findByText("No model is trained yet");
    await user.click(screen.getByTestId("filter-trash"));
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(2));
    await user.click(await screen.findByTestId("restore-run"));
    await waitFor(() => expect(screen.getAllByTestId("run-row")).toHaveLength(1));
    await user.click(screen.getByTestId("purge"));
    await user.click(await screen.findByTestId("purge-now"));
    await waitFor(() => expect(screen.getByTestId("empty").textContent).toContain("The trash is empty"));
  });

  it("compares the marked runs side by side", async () => {
    const { first, second } = await sampleRuns();
    const { user } = show({ hash: "#/models" });
    for (const box of await screen.findAllByTestId("check-run")) await user.click(box);
    await user.click(screen.getByTestId("compare"));
    const table = await screen.findByTestId("differences");
    expect(window.location.hash).toContain(encodeURIComponent(`${first}+${second}`));
    expect(within(table).getByTestId("differs-request-algorithm").textContent).toContain("ElasticNet");
    expect(within(table).queryByTestId("differs-data-train_rows")).toBeNull();
    await waitFor(() => expect(screen.getAllByLabelText("Score against control")).toHaveLength(2));
    await user.click(screen.getByTestId("end-comparison"));
    await screen.findAllByTestId("run-row");
  });

  it("shows request, lineage and log of a run", async () => {
    const { user } = show({ hash: "#/models" });
    await screen.findAllByTestId("run-row");
    await user.click(screen.getByRole("tab", { name: "Request" }));
    await screen.findByText("from.table");
    await user.click(screen.getByRole("tab", { name: "Lineage" }));
    const steps = await screen.findByTestId("lineage");
    expect(within(steps).getByText("market.bars_us_daily")).toBeTruthy();
    await user.click(screen.getByRole("tab", { name: "Log and checks" }));
    expect((await screen.findByTestId("run-log")).textContent).toContain("Control 50 of 50");
  });

  it("predicts the rows of a table, and leads to the result", async () => {
    const { client, first } = await sampleRuns();
    const startJob = vi.fn(client.startJob);
    const { user } = show({ hash: `#/models/${first}`, client: { ...client, startJob } });
    await user.click(await screen.findByTestId("predict"));
    await user.type(await screen.findByTestId("predict-table"), "predictions.mine");
    await user.click(screen.getByTestId("predict-now"));
    await waitFor(() =>
      expect(startJob).toHaveBeenCalledWith(
        expect.objectContaining({ operation: "predict", model: first, table: "predictions.mine" }),
      ),
    );
    const link = await screen.findByRole("link", { name: "Open the result" });
    expect(link.getAttribute("href")).toBe("#/data/local.predictions.mine");
  });

  it("repeats a run and says what came of it", async () => {
    const { first } = await sampleRuns();
    const { user } = show({ hash: `#/models/${first}` });
    await user.click(await screen.findByTestId("repeat-run"));
    await waitFor(() =>
      expect(screen.getByTestId("announcement").textContent).toContain(
        "Same data, other scores. Differs: scores rsquared.",
      ),
    );
    await waitFor(() => expect(window.location.hash).not.toBe(`#/models/${first}`));
    expect(window.location.hash).toMatch(/^#\/models\//);
  });

  it("says why a run was not deleted, and keeps it", async () => {
    const deleteRun = failing("Permission", "The workspace is read-only.", "Copy it.");
    const { user } = show({ hash: "#/models", client: { deleteRun } });
    await user.click(await screen.findByTestId("delete-run"));
    await screen.findByText("The run was not deleted");
    expect(screen.getAllByTestId("run-row")).toHaveLength(2);
  });

  it("is asked from the palette", async () => {
    const { user } = show({ hash: "#/models" });
    await screen.findAllByTestId("run-row");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByLabelText("Search or run a command"), "Predict with");
    await user.keyboard("{Enter}");
    await screen.findByTestId("predict-now");
  });
});
