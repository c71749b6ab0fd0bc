import { screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { show } from "./show";

async function showWizard(file: string, options: Parameters<typeof show>[0] = {}) {
  const shown = show({ hash: "#/data", ...options });
  await screen.findByTestId("table-features.us_daily");
  await shown.user.click(screen.getByTestId("import"));
  await shown.user.type(await screen.findByTestId("import-files"), file);
  return shown;
}

const next = () => screen.getByTestId("import-next");

describe("the import wizard", () => {
  it("goes from a file to a table, and leaves bad rows out when told so", async () => {
    const { user, client } = await showWizard("/data/bars.csv");
    const startJob = vi.spyOn(client, "startJob");
    await user.click(next());
    const preview = within(await screen.findByTestId("preview"));
    preview.getByText("243.85");
    screen.getByText("As detected in the file.");
    await user.click(next());
    await screen.findByText("Symbol became ticker");
    const name = screen.getByLabelText("Name of Volume in the table");
    await user.clear(name);
    await user.type(name, "volume_shares");
    await screen.findByText(/Bars need volume\./);
    await user.clear(name);
    await user.type(name, "volume");
    await user.click(next());
    const check = within(await screen.findByTestId("import-check"));
    check.getByText("13,083 rows can be imported, 2 cannot.");
    check.getByText("high is no FLOAT64");
    expect(next()).toHaveProperty("disabled", true);
    await user.click(check.getByRole("radio", { name: "Leave these 2 rows out" }));
    await user.click(next());
    const table = await screen.findByTestId("import-table");
    expect(table).toHaveProperty("value", "main.bars");
    await user.click(screen.getByTestId("import-button"));
    await screen.findByText("13,083 rows are in local.main.bars.");
    expect(startJob).toHaveBeenCalledWith(
      expect.objectContaining({
        operation: "import",
        files: ["/data/bars.csv"],
        table: "main.bars",
        if_exists: "fail",
        options: expect.objectContaining({ drop_bad_rows: true, format: null }),
      }),
    );
    await user.click(screen.getByRole("button", { name: "Open the table" }));
    await waitFor(() => expect(window.location.hash).toBe("#/data/local.main.bars"));
  });
  it("refuses a file with the reason and the next step, and stays", async () => {
    const { user } = await showWizard("/data/missing.csv");
    await user.click(next());
    const alert = await within(screen.getByRole("dialog")).findByRole("alert");
    expect(alert.textContent).toContain("There is no file /data/missing.csv.");
    expect(alert.textContent).toContain("Check the path, or browse for the file.");
    screen.getByTestId("import-files");
  });
  it("shows at once what another delimiter makes of the file, and goes back to what was detected", async () => {
    const { user } = await showWizard("/data/bars.csv");
    await user.click(next());
    await screen.findByTestId("preview");
    await user.selectOptions(screen.getByTestId("import-delimiter"), ";");
    await screen.findByText("Date,Symbol,Open,High,Low,Close,Volume");
    await user.click(screen.getByRole("button", { name: "Back to what was detected" }));
    await screen.findByText("Symbol");
  });
  it("can be stopped while it reads a file, and stays", async () => {
    const cancelTask = vi.fn(async () => undefined);
    const { user } = await showWizard("/data/bars.csv", {
      fake: { taskMs: 60_000 },
      client: { cancelTask, taskShare: () => Promise.resolve(0.5) },
    });
    await user.click(next());
    const waiting = await screen.findByTestId("waiting");
    await within(waiting).findByText(/50\s%/);
    await user.click(within(waiting).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(cancelTask).toHaveBeenCalledOnce());
    await waitFor(() => expect(screen.queryByTestId("waiting")).toBeNull());
    expect(within(screen.getByRole("dialog")).queryByRole("alert")).toBeNull();
    expect(next()).toHaveProperty("disabled", false);
  });
  it("refuses two columns of one name", async () => {
    const { user } = await showWizard("/data/bars.csv");
    await user.click(next());
    await screen.findByTestId("preview");
    await user.click(next());
    const name = await screen.findByLabelText("Name of Open in the table");
    await user.clear(name);
    await user.type(name, "Close");
    await screen.findAllByText(/Two columns are called/);
    expect(next()).toHaveProperty("disabled", true);
  });
  it("goes back and keeps what was chosen", async () => {
    const { user } = await showWizard("/data/bars.csv");
    await user.click(next());
    await screen.findByTestId("preview");
    await user.click(next());
    await user.click(await screen.findByRole("checkbox", { name: "Keep Volume" }));
    await user.click(screen.getByRole("button", { name: "Back" }));
    await screen.findByTestId("preview");
    await user.click(next());
    expect(await screen.findByRole("checkbox", { name: "Keep Volume" })).toHaveProperty("checked", false);
  });
  it("says why the import failed, and that the table can be chosen again", async () => {
    const { user } = await showWizard("/data/bars.csv");
    await user.click(next());
    await screen.findByTestId("preview");
    await user.click(next());
    await screen.findByText("Symbol became ticker");
    await user.click(next());
    await user.click(await screen.findByRole("radio", { name: "Leave these 2 rows out" }));
    await user.click(next());
    const table = await screen.findByTestId("import-table");
    await user.clear(table);
    await user.type(table, "market.bars_us_daily");
    await user.click(screen.getByTestId("import-button"));
    await screen.findByText("The table market.bars_us_daily exists.");
    await user.click(screen.getByRole("radio", { name: "Replace" }));
    await user.click(screen.getByTestId("import-button"));
    await screen.findByText("13,083 rows are in local.market.bars_us_daily.");
  });
  it("takes files that are dropped onto the window", async () => {
    let drop: (paths: string[]) => void = () => undefined;
    show({
      hash: "#/data",
      client: {
        onFilesDropped: (listener) => {
          drop = listener;
          return () => undefined;
        },
      },
    });
    await screen.findByTestId("table-features.us_daily");
    await waitFor(() => expect(drop.length).toBe(1));
    drop(["/data/a.csv", "/data/b.csv"]);
    expect(await screen.findByTestId("import-files")).toHaveProperty("value", "/data/a.csv\n/data/b.csv");
  });
});

describe("the palette on the Data page", () => {
  it.each([
    ["New query", () => screen.findByTestId("query-tab")],
    ["Profile the table", () => screen.findByTestId("profile")],
    ["Export the table…", () => screen.findByText("/home/ana/algomosaic/bars_us_daily.csv")],
  ])("offers: %s", async (label, found) => {
    const { user } = show({ hash: "#/data/local.market.bars_us_daily" });
    await screen.findByTestId("grid");
    await user.click(screen.getByRole("button", { name: /Search or run a command/ }));
    const palette = within(await screen.findByRole("dialog"));
    await user.click(await palette.findByText(label));
    await found();
  });
});
