import { startCompletion } from "@codemirror/autocomplete";
import { forEachDiagnostic } from "@codemirror/lint";
import { EditorView } from "@codemirror/view";
import { act, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import { fakeClient } from "../api/fake";
import { atCursor, parametersIn, stretchAt, tablesIn } from "../lib/sqlText";
import { completionsAt } from "../pages/data/query/completion";
import { formatted } from "../pages/data/query/format";
import { show } from "./show";

const BARS = "local.market.bars_us_daily";
const COUNT = `SELECT COUNT(*) FROM \`${BARS}\``;

async function editor(): Promise<EditorView> {
  const content = (await screen.findAllByTestId("sql-editor", {}, { timeout: 5000 })).find(
    (one) => one.closest("[aria-hidden='true']") === null,
  );
  const view = content === undefined ? null : EditorView.findFromDOM(content);
  if (view === null) throw new Error("no editor shows");
  return view;
}

async function write(sql: string): Promise<EditorView> {
  const view = await editor();
  act(() => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: sql } }));
  return view;
}

async function showQuery(sql: string, options: Parameters<typeof show>[0] = {}) {
  const shown = show({ hash: "#/data", ...options });
  await screen.findByTestId("table-features.us_daily");
  await shown.user.click(screen.getByTestId("new-query"));
  const view = await write(sql);
  return { ...shown, view };
}

const runButton = () => screen.getByTestId("run-query");

describe("the text of a query", () => {
  it.each([
    ["SELECT @from, '@no', @to -- @never", ["from", "to"]],
    ["SELECT @a + @a /* @b */", ["a"]],
    ["SELECT @@system, x@y", []],
    ['SELECT "it\'s @no" # @no', []],
  ])("%s names its parameters", (sql, expected) => {
    expect(parametersIn(sql)).toEqual(expected);
  });
  it("names its tables with their aliases", () => {
    expect(tablesIn("SELECT * FROM `p.d.bars` AS b JOIN d.other o ON TRUE LEFT JOIN third WHERE x")).toEqual([
      { table: "p.d.bars", alias: "b" },
      { table: "d.other", alias: "o" },
      { table: "third", alias: "third" },
    ]);
  });
  it.each([
    ["SELECT * FROM ", { kind: "table" }],
    ["SELECT * FROM mark", { kind: "table" }],
    ["SELECT b. FROM d.bars AS b", { kind: "column", table: "d.bars" }, 9],
    ["SELECT  FROM d.bars", { kind: "any", tables: ["d.bars"] }, 7],
  ] as const)("%s expects what can follow", (sql, expected, position: number = sql.length) => {
    expect(atCursor(sql, position).expected).toEqual(expected);
  });
  it("finds the word a line and column point at", () => {
    const sql = "SELECT a,\n  clse\nFROM t";
    const { from, to } = stretchAt(sql, 2, 3);
    expect(sql.slice(from, to)).toBe("clse");
  });
  it("is laid out in BigQuery's way", () => {
    expect(formatted("select a from `p.d.t` where x = @x")).toBe("SELECT\n  a\nFROM\n  `p.d.t`\nWHERE\n  x = @x");
  });
});

describe("completion", () => {
  const client = fakeClient({ delayMs: 0 });
  const labels = async (sql: string, position = sql.length) => {
    const catalogue = {
      tables: [BARS, "local.features.us_daily"],
      words: await client.sqlWords(),
      columnsOf: (table: string) => client.tableColumns(table),
    };
    return (await completionsAt(sql, position, catalogue)).options.map(
      ({ label, detail }) => `${label} ${detail ?? ""}`,
    );
  };
  it("offers tables where one must follow", async () => {
    expect(await labels("SELECT * FROM bars")).toEqual(["market.bars_us_daily local"]);
  });
  it("offers the columns of an alias with their types", async () => {
    const sql = "SELECT b. FROM market.bars_us_daily b";
    expect(await labels(sql, 9)).toContain("close FLOAT64");
  });
  it("offers functions with their signature, and keywords", async () => {
    const all = await labels("SELECT  FROM market.bars_us_daily", 7);
    expect(all).toContain("SAFE_DIVIDE (a, b)");
    expect(all).toContain("QUALIFY ");
    expect(all).toContain("close FLOAT64");
  });
  it("leaves the names of parameters to the person", async () => {
    const { view } = await showQuery("SELECT @cl");
    act(() => {
      view.dispatch({ selection: { anchor: view.state.doc.length } });
      view.focus();
      startCompletion(view);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(document.querySelector(".cm-completionLabel")).toBeNull();
  });
  it("opens in the editor", async () => {
    const { view } = await showQuery("SELECT * FROM ");
    act(() => {
      view.dispatch({ selection: { anchor: view.state.doc.length } });
      view.focus();
      startCompletion(view);
    });
    await screen.findByText("market.bars_us_daily", { selector: ".cm-completionLabel" });
  });
});

describe("a query", () => {
  it("runs with its button and shows rows, seconds and what it read", async () => {
    const { user } = await showQuery(COUNT);
    await screen.findByText("reads 525 kB");
    await user.click(runButton());
    const grid = await screen.findByTestId("result-grid");
    await within(grid).findByText("13,085");
    expect(screen.getByTestId("result-words").textContent).toBe("1 row in 40\u2009ms");
  });
  it("runs with Ctrl+Enter", async () => {
    const { user, view } = await showQuery(COUNT);
    view.focus();
    await user.keyboard("{Control>}{Enter}{/Control}");
    await screen.findByTestId("result-grid");
  });
  it("runs only what is selected", async () => {
    const { user, view, client } = await showQuery(`${COUNT}\nand what follows`);
    const runSql = vi.spyOn(client, "runSql");
    act(() => view.dispatch({ selection: { anchor: 0, head: COUNT.length } }));
    await user.click(await screen.findByRole("button", { name: "Run selection" }));
    await screen.findByTestId("result-grid");
    expect(runSql).toHaveBeenCalledWith(expect.any(String), COUNT, []);
  });
  it("is underlined where it is wrong, with the reason", async () => {
    const { view } = await showQuery(`SELECT clse\nFROM \`${BARS}\``);
    const problem = await screen.findByTestId("sql-problem");
    expect(problem.textContent).toContain("has no column clse");
    const marks: string[] = [];
    forEachDiagnostic(view.state, (_, from, to) => marks.push(view.state.sliceDoc(from, to)));
    expect(marks).toEqual(["clse"]);
    await write(COUNT);
    await waitFor(() => expect(screen.queryByTestId("sql-problem")).toBeNull());
  });
  it("says why it failed, and the next step", async () => {
    const { user } = await showQuery("SELECT * FROM market.nothing");
    await user.click(runButton());
    const alert = await screen.findByRole("alert");
    expect(alert.textContent).toContain("there is no table market.nothing.");
    expect(alert.textContent).toContain("The tree on the left lists every table.");
  });
  it("can be stopped while it runs", async () => {
    const { user } = await showQuery(COUNT, { fake: { taskMs: 60_000 } });
    await user.click(runButton());
    const waiting = await screen.findByTestId("waiting");
    await user.click(within(waiting).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(screen.queryByTestId("waiting")).toBeNull());
    expect(screen.queryByRole("alert")).toBeNull();
  });
  it.each([
    [0.427, "42", "42 %"],
    [0.999, "99", "99 %"],
    [null, null, null],
  ])("that is done by %s says so while it runs", async (share, now, words) => {
    const { user } = await showQuery(COUNT, {
      fake: { taskMs: 60_000 },
      client: { taskShare: () => Promise.resolve(share) },
    });
    await user.click(runButton());
    const waiting = await screen.findByTestId("waiting");
    await waitFor(() => {
      const bar = within(waiting).getByRole("progressbar", { name: "Running" });
      expect(bar.getAttribute("aria-valuenow")).toBe(now);
      expect(/\d+\s%/.exec(waiting.textContent)?.[0].replace(/\s/, " ") ?? null).toBe(words);
    });
    expect(waiting.textContent).toMatch(/\d\.\d\ss/);
    await user.click(within(waiting).getByRole("button", { name: "Cancel" }));
  });
  it("asks for the parameters it names and sends them with their types", async () => {
    const { user, client } = await showQuery(`SELECT close FROM \`${BARS}\` WHERE ticker = @name`);
    const runSql = vi.spyOn(client, "runSql");
    await user.selectOptions(await screen.findByLabelText("Type of @name"), "STRING");
    await user.type(screen.getByTestId("query-param-name"), "MSFT");
    await user.click(runButton());
    await screen.findByTestId("result-grid");
    expect(runSql.mock.calls[0]?.[2]).toEqual([{ name: "name", type: "STRING", value: "MSFT" }]);
    expect(screen.getByTestId("result-words").dataset.value).toBe("2617");
  });
  it("says what a change did", async () => {
    const { user } = await showQuery(`DELETE FROM \`${BARS}\` WHERE ticker = 'MSFT'`);
    await user.click(runButton());
    const changed = await screen.findByTestId("changed");
    expect(changed.textContent).toContain("DELETE: 2,617 rows of market.bars_us_daily.");
    expect(screen.getByTestId("query-said").textContent).toContain("DELETE: 2,617 rows");
  });
  it("shows its plan", async () => {
    const { user } = await showQuery(COUNT);
    await user.click(screen.getByRole("button", { name: "Explain" }));
    expect((await screen.findByTestId("plan")).textContent).toContain("PARQUET_SCAN");
  });
  it("is laid out on request", async () => {
    const { user, view } = await showQuery("select close from market.bars_us_daily");
    await user.click(screen.getByRole("button", { name: "Format" }));
    await waitFor(() => expect(view.state.doc.toString()).toBe("SELECT\n  close\nFROM\n  market.bars_us_daily"));
  });
  it("begins with a table's rows when asked from the table", async () => {
    const { user } = show({ hash: `#/data/${BARS}` });
    await user.click(await screen.findByTestId("query-table"));
    const view = await editor();
    expect(view.state.doc.toString()).toBe(`SELECT *\nFROM \`${BARS}\`\nLIMIT 1000`);
  });
  it("keeps its text when the window opens again", async () => {
    await showQuery(COUNT);
    await waitFor(() => expect(JSON.stringify({ ...localStorage })).toContain("COUNT(*)"));
  });
});

describe("a query on BigQuery", () => {
  const TICKS = "SELECT COUNT(*) FROM `ana-research.market.ticks`";
  it("says what it will read and cost before it runs, and what it did cost after", async () => {
    const { user } = await showQuery(TICKS, { fake: { google: "beside" } });
    const estimate = await screen.findByTestId("sql-estimate");
    expect(estimate.textContent).toBe("BigQuery reads 310\u2009GB, about US$\u20090.000060");
    expect(estimate.title).toContain("US$ 6.25 a TiB");
    await user.click(runButton());
    expect((await screen.findByTestId("result-cost")).textContent).toBe(
      "10\u2009MB billed by BigQuery, about US$\u20090.000060",
    );
    await user.click(screen.getByRole("button", { name: "History" }));
    const dialog = within(await screen.findByRole("dialog"));
    await dialog.findByText(/10 MB billed by BigQuery/);
  });
  it("says that an embedded one is free", async () => {
    await showQuery(COUNT, { fake: { google: "beside" } });
    await screen.findByText("reads 525 kB, free on this computer");
  });
});

describe("results", () => {
  it("stand beside each other, and close", async () => {
    const { user, client } = await showQuery(COUNT);
    const closeView = vi.spyOn(client, "closeView");
    await user.click(runButton());
    await screen.findByRole("tab", { name: "Result 1" });
    await waitFor(() => expect(runButton().dataset.loading).toBeUndefined());
    await user.click(runButton());
    await screen.findByRole("tab", { name: "Result 2" });
    await user.click(screen.getByTitle("Close Result 1 (Delete)"));
    await waitFor(() => expect(screen.queryByRole("tab", { name: "Result 1" })).toBeNull());
    expect(closeView).toHaveBeenCalledOnce();
  });
  it("are pinned under a name, and open again from the list", async () => {
    const { user } = await showQuery(`SELECT ticker, close FROM \`${BARS}\` LIMIT 7`);
    await user.click(runButton());
    await user.click(await screen.findByRole("button", { name: "Pin…" }));
    await user.type(await screen.findByTestId("name"), "seven");
    await user.click(screen.getByTestId("name-done"));
    await user.click(await screen.findByTestId("result-seven"));
    const grid = await screen.findByTestId("grid");
    expect(grid.getAttribute("aria-rowcount")).toBe("8");
  });
  it("become a table, and say why they cannot", async () => {
    const { user } = await showQuery(`SELECT ticker, close FROM \`${BARS}\` LIMIT 7`);
    await user.click(runButton());
    await user.click(await screen.findByRole("button", { name: "Save as table…" }));
    const name = await screen.findByTestId("name");
    await user.type(name, "features.us_daily");
    await user.click(screen.getByTestId("name-done"));
    await screen.findByText("The table features.us_daily exists.");
    await user.clear(name);
    await user.type(name, "main.seven");
    await user.click(screen.getByTestId("name-done"));
    await screen.findByText(/7 rows are in main\.seven\./);
    await screen.findByTestId("table-main.seven");
  });
  it("are exported whole", async () => {
    const { user, client } = await showQuery(COUNT);
    const exportTable = vi.spyOn(client, "exportTable");
    await user.click(runButton());
    const bar = (await screen.findByTestId("result-words")).parentElement;
    await user.click(within(bar ?? document.body).getByRole("button", { name: "Export…" }));
    await screen.findByText("/home/ana/algomosaic/result.csv");
    expect(exportTable.mock.calls[0]?.[1]).toMatch(/^local\._results\./);
  });
  it("are sorted like any table", async () => {
    const { user } = await showQuery(`SELECT ticker, close FROM \`${BARS}\` LIMIT 50`);
    await user.click(runButton());
    const grid = await screen.findByTestId("result-grid");
    await user.click(within(grid).getByTestId("sort-close"));
    await waitFor(() =>
      expect(grid.querySelector('[data-column="close"]')?.getAttribute("aria-sort")).toBe("ascending"),
    );
  });
});

describe("a result and other pages", () => {
  it("waits while another page shows", async () => {
    const { user } = await showQuery(COUNT);
    await user.click(runButton());
    await screen.findByTestId("result-grid");
    await user.click(screen.getByTestId("nav-jobs"));
    await screen.findAllByTestId("job-row");
    await user.click(screen.getByTestId("nav-data"));
    await within(await screen.findByTestId("result-grid")).findByText("13,085");
  });
  it("goes with its tab", async () => {
    const { user, client } = await showQuery(COUNT);
    const closeView = vi.spyOn(client, "closeView");
    await user.click(runButton());
    await screen.findByTestId("result-grid");
    await user.click(screen.getByTitle("Close Query 1 (Delete)"));
    await waitFor(() => expect(screen.queryByTestId("query-tab")).toBeNull());
    expect(closeView).toHaveBeenCalledWith(expect.stringMatching(/^local\._results\./));
  });
});

describe("queries to open again", () => {
  it("are found in the history", async () => {
    const { user } = await showQuery(COUNT);
    await user.click(runButton());
    await screen.findByTestId("result-grid");
    await user.click(screen.getByRole("button", { name: "History" }));
    const dialog = within(await screen.findByRole("dialog"));
    await dialog.findByText(COUNT);
    await user.type(dialog.getByLabelText("Search queries"), "nothing like it");
    await dialog.findByText("No query holds this text.");
    await user.clear(dialog.getByLabelText("Search queries"));
    await user.click(await dialog.findByText(COUNT));
    await waitFor(() => expect(screen.getAllByTestId("query-tab")).toHaveLength(2));
  });
  it("are saved, opened and deleted", async () => {
    const { user } = await showQuery(COUNT);
    await user.click(screen.getByRole("button", { name: "Save…" }));
    const name = await screen.findByTestId("name");
    await user.type(name, "a/b");
    await user.click(screen.getByTestId("name-done"));
    await screen.findByText(/holds a slash/);
    await user.clear(name);
    await user.type(name, "count of bars");
    await user.click(screen.getByTestId("name-done"));
    await waitFor(() => expect(screen.getByTestId("query-tab").textContent).toBe("count of bars"));
    await user.click(screen.getByRole("button", { name: "Saved" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Queries" }));
    await dialog.findByText("count of bars");
    await user.click(dialog.getByRole("button", { name: "Rename count of bars…" }));
    await user.type(await screen.findByTestId("name"), " again");
    await user.click(screen.getByTestId("name-done"));
    await dialog.findByText("count of bars again");
    await user.click(dialog.getByRole("button", { name: "Delete count of bars again…" }));
    await user.click(await dialog.findByRole("button", { name: "Delete count of bars again" }));
    await dialog.findByText("No query is saved yet.");
  });
});
