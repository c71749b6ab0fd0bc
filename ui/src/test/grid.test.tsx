/** Expected values are read off the fake's own rows by the tests, not by the code under test. */
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Client } from "../api/client";
import { fakeClient } from "../api/fake";
import { nextSort, sortWords } from "../lib/sort";
import { failing, show } from "./show";

const BARS = "local.market.bars_us_daily";
const [TIME, TICKER, CLOSE] = [0, 1, 5];

async function showBars(fake = {}, client: Partial<Client> = {}) {
  const shown = show({ hash: `#/data/${BARS}`, fake, client });
  const grid = await screen.findByTestId("grid");
  await waitFor(() => expect(grid.querySelector('[data-waiting="true"]')).toBeNull());
  return { ...shown, grid };
}

/** The full values of a column, from the first row down. */
function columnOf(grid: HTMLElement, column: number, rows: number): string[] {
  return [...grid.querySelectorAll<HTMLElement>(`[role="gridcell"][aria-colindex="${column + 1}"]`)]
    .map((cell) => ({
      row: Number(cell.parentElement?.closest("[aria-rowindex]")?.getAttribute("aria-rowindex")),
      cell,
    }))
    .sort((a, b) => a.row - b.row)
    .slice(0, rows)
    .map(({ cell }) => cell.title);
}

function headOf(grid: HTMLElement, name: string): HTMLElement {
  const head = grid.querySelector<HTMLElement>(`[role="columnheader"][data-column="${name}"]`);
  if (head === null) throw new Error(`no column ${name} shows`);
  return head;
}

/** Every close of the bars, in the order they were written. */
async function closes(): Promise<number[]> {
  const fake = fakeClient({ delayMs: 0 });
  const { rows } = await fake.tablePage(BARS, 0, 20_000);
  return rows.map((row) => Number(row[CLOSE]));
}

describe("an order", () => {
  const up = [{ column: "close", descending: false }];
  const down = [{ column: "close", descending: true }];
  it.each([
    ["ascending at first", [], "close", false, up],
    ["descending next", up, "close", false, down],
    ["none after that", down, "close", false, []],
    ["another column alone", up, "ticker", false, [{ column: "ticker", descending: false }]],
    ["a key more with Shift", up, "ticker", true, [...up, { column: "ticker", descending: false }]],
    [
      "a key less with Shift",
      [...down, { column: "ticker", descending: false }],
      "close",
      true,
      [{ column: "ticker", descending: false }],
    ],
  ])("is %s", (_, keys, column, isAdding, expected) => {
    expect(nextSort(keys, column, isAdding)).toEqual(expected);
  });
  it("reads as words", () => {
    expect(sortWords([...down, { column: "ticker", descending: false }])).toBe(
      "close, descending, then ticker, ascending",
    );
  });
});

describe("sorting", () => {
  it("follows clicks on a header: ascending, descending, as written", async () => {
    const { user, grid } = await showBars();
    const sorted = (await closes()).sort((a, b) => a - b);
    const written = columnOf(grid, CLOSE, 3);
    const button = within(headOf(grid, "close")).getByRole("button");
    await user.click(button);
    await waitFor(() => expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("ascending"));
    await waitFor(() => expect(columnOf(grid, CLOSE, 3).map(Number)).toEqual(sorted.slice(0, 3)));
    await user.click(button);
    await waitFor(() => expect(columnOf(grid, CLOSE, 3).map(Number)).toEqual(sorted.slice(-3).reverse()));
    expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("descending");
    expect(screen.getByTestId("rows-said").textContent).toContain("Sorted by close, descending.");
    await user.click(button);
    await waitFor(() => expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("none"));
    await waitFor(() => expect(columnOf(grid, CLOSE, 3)).toEqual(written));
  });
  it("follows Enter, and Shift adds a key", async () => {
    const { user, grid } = await showBars();
    grid.focus();
    await user.keyboard("{ArrowRight}{Enter}");
    await waitFor(() => expect(headOf(grid, "ticker").getAttribute("aria-sort")).toBe("ascending"));
    await user.keyboard("{Home}{Shift>}{Enter}{/Shift}");
    await waitFor(() => expect(headOf(grid, "ticker_time").getAttribute("aria-sort")).toBe("ascending"));
    expect(headOf(grid, "ticker").textContent).toContain("▲1");
    expect(headOf(grid, "ticker_time").textContent).toContain("▲2");
    expect(new Set(columnOf(grid, TICKER, 5))).toEqual(new Set(["AAPL"]));
  });
  it("shows the old rows and a way to stop while it takes long", async () => {
    const cancelTask = vi.fn(async () => undefined);
    const { user, grid } = await showBars({ taskMs: 60_000 }, { cancelTask });
    const before = columnOf(grid, CLOSE, 3);
    await user.click(within(headOf(grid, "close")).getByRole("button"));
    const waiting = await within(screen.getByRole("tabpanel", { name: "market.bars_us_daily" })).findByTestId(
      "waiting",
    );
    expect(columnOf(grid, CLOSE, 3)).toEqual(before);
    await user.click(within(waiting).getByRole("button", { name: "Cancel" }));
    await waitFor(() => expect(cancelTask).toHaveBeenCalled());
    expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("none");
  });
  it("is there again after another page, without being made again", async () => {
    const { user, grid, client } = await showBars();
    const openView = vi.spyOn(client, "openView");
    await user.click(within(headOf(grid, "close")).getByRole("button"));
    await waitFor(() => expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("ascending"));
    await user.click(screen.getByTestId("nav-jobs"));
    await screen.findAllByTestId("job-row");
    window.location.hash = `#/data/${BARS}`;
    const again = await screen.findByTestId("grid");
    expect(headOf(again, "close").getAttribute("aria-sort")).toBe("ascending");
    expect(openView).toHaveBeenCalledOnce();
  });
  it("is made again when the application let go of it", async () => {
    const { user, grid, client } = await showBars();
    const openView = vi.spyOn(client, "openView");
    await user.click(within(headOf(grid, "close")).getByRole("button"));
    await waitFor(() => expect(headOf(grid, "close").getAttribute("aria-sort")).toBe("ascending"));
    await client.closeView("local._results.r_1");
    grid.focus();
    await user.keyboard("{Control>}{End}{/Control}");
    fireEvent.scroll(grid);
    await waitFor(() => expect(openView).toHaveBeenCalledTimes(2));
    await waitFor(() => expect(grid.querySelector('[data-waiting="true"]')).toBeNull());
  });
  it("says why it failed, and goes back", async () => {
    const openView = failing("NoSpace", "The disk of /data is full.", "Free some space, then try again.");
    const { user, grid } = await showBars({}, { openView });
    await user.click(within(headOf(grid, "close")).getByRole("button"));
    await screen.findByText("The disk of /data is full.");
    await user.click(screen.getByRole("button", { name: "Back to the rows that show" }));
    await waitFor(() => expect(screen.queryByText("The disk of /data is full.")).toBeNull());
  });
});

describe("filters", () => {
  it("keep the rows that pass, and say how many", async () => {
    const { user } = await showBars();
    const above = (await closes()).filter((close) => close >= 260).length;
    await user.click(screen.getByTestId("filter-toggle"));
    await user.type(screen.getByTestId("filter-close"), "260{Enter}");
    const words = `${above.toLocaleString("en-US")} of 13,085 rows`;
    await waitFor(() => expect(screen.getByTestId("row-count").textContent).toContain(words));
    await user.click(screen.getByRole("button", { name: "Remove the filter: close at least 260" }));
    await waitFor(() => expect(screen.getByTestId("row-count").textContent).toMatch(/^13,085 rows/));
  });
  it("show their rows from the first, wherever one had scrolled", async () => {
    const { user, grid } = await showBars();
    grid.scrollTop = 200_000;
    fireEvent.scroll(grid);
    await waitFor(() => expect(grid.querySelector('[aria-rowindex="2"]')).toBeNull());
    await user.click(screen.getByTestId("filter-toggle"));
    await user.type(screen.getByTestId("filter-close"), "285{Enter}");
    await waitFor(() => expect(screen.getByTestId("row-count").textContent).toContain(" of 13,085 rows"));
    expect(grid.scrollTop).toBe(0);
    fireEvent.scroll(grid);
    await waitFor(() => expect(grid.querySelector('[aria-rowindex="2"]')).not.toBeNull());
  });
  it("compare as chosen", async () => {
    const { user, grid } = await showBars();
    await user.click(screen.getByTestId("filter-toggle"));
    await user.selectOptions(screen.getByLabelText("How to filter ticker"), "eq");
    await user.type(screen.getByTestId("filter-ticker"), "MSFT{Enter}");
    await screen.findByText("ticker is MSFT");
    await waitFor(() => expect(new Set(columnOf(grid, TICKER, 20))).toEqual(new Set(["MSFT"])));
  });
  it("refuse a text in a number, naming column and type", async () => {
    const { user } = await showBars();
    await user.click(screen.getByTestId("filter-toggle"));
    await user.type(screen.getByTestId("filter-close"), "high{Enter}");
    await screen.findByText("“high” is no FLOAT64, which close holds.");
    expect(screen.getByTestId("row-count").textContent).toMatch(/^13,085 rows/);
  });
  it("say that no row passes", async () => {
    const { user } = await showBars();
    await user.click(screen.getByTestId("filter-toggle"));
    await user.type(screen.getByTestId("filter-close"), "99999{Enter}");
    await screen.findByText(/No row passes the filters/);
  });
});

describe("copying", () => {
  it("takes the cell with all its digits", async () => {
    const { user, grid } = await showBars();
    grid.focus();
    await user.keyboard("{ArrowRight}{Control>}c{/Control}");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(columnOf(grid, TICKER, 1)[0]));
  });
  it("takes a range, tab separated, with names when asked", async () => {
    const { user, grid, client } = await showBars();
    const { rows } = await client.tablePage(BARS, 0, 2);
    const lines = rows.map((row) => [row[TIME], row[TICKER]].join("\t"));
    grid.focus();
    await user.keyboard("{Shift>}{ArrowDown}{ArrowRight}{/Shift}");
    expect(grid.querySelectorAll('[role="gridcell"][aria-selected="true"]')).toHaveLength(4);
    await user.keyboard("{Control>}c{/Control}");
    await waitFor(async () => expect(await navigator.clipboard.readText()).toBe(lines.join("\n")));
    await user.keyboard("{Control>}{Shift>}c{/Shift}{/Control}");
    await waitFor(async () =>
      expect(await navigator.clipboard.readText()).toBe(["ticker_time\tticker", ...lines].join("\n")),
    );
  });
  it("asks for rows that are not here", async () => {
    const { user, grid, client } = await showBars();
    const copyRows = vi.spyOn(client, "copyRows");
    grid.focus();
    await user.keyboard("{Control>}a{/Control}{Control>}c{/Control}");
    await waitFor(() => expect(copyRows).toHaveBeenCalledWith(BARS, expect.arrayContaining(["close"]), 0, 13_085));
    await waitFor(async () => expect((await navigator.clipboard.readText()).split("\n")).toHaveLength(13_085));
  });
  it("refuses more than can be copied, with what to do instead", async () => {
    const { user } = show({ hash: "#/data/local.market.bars_btc_minute" });
    (await screen.findByTestId("grid")).focus();
    await user.keyboard("{Control>}a{/Control}{Control>}c{/Control}");
    await screen.findByText(/19,998,012 rows are more than the 100,000/);
  });
});

describe("columns", () => {
  const menuOf = async (user: Awaited<ReturnType<typeof showBars>>["user"], grid: HTMLElement, name: string) => {
    await user.pointer({ keys: "[MouseRight]", target: headOf(grid, name) });
    return within(await screen.findByRole("menu"));
  };
  it("freeze at the left, and stay so", async () => {
    const { user, grid } = await showBars();
    const menu = await menuOf(user, grid, "ticker");
    await user.click(menu.getByRole("menuitem", { name: "Freeze at the left" }));
    await waitFor(() => expect(headOf(grid, "ticker").getAttribute("aria-colindex")).toBe("1"));
    expect(headOf(grid, "ticker").parentElement?.className).toContain("pinned");
    expect(localStorage.getItem(`algomosaic.grid.${BARS}`)).toContain('"pinned":["ticker"]');
  });
  it("hide and come back", async () => {
    const { user, grid } = await showBars();
    const menu = await menuOf(user, grid, "open");
    await user.click(menu.getByRole("menuitem", { name: "Hide" }));
    await waitFor(() => expect(grid.querySelector('[data-column="open"]')).toBeNull());
    expect(grid.getAttribute("aria-colcount")).toBe("6");
    await user.click(screen.getByTestId("columns-menu"));
    await user.click(await screen.findByRole("checkbox", { name: "open" }));
    await waitFor(() => headOf(grid, "open"));
  });
  it("are resized by keys, and remembered", async () => {
    const { user, grid } = await showBars();
    const before = Number.parseInt(headOf(grid, "ticker_time").style.width, 10);
    grid.focus();
    await user.keyboard("{Alt>}{ArrowRight}{/Alt}");
    await waitFor(() => expect(Number.parseInt(headOf(grid, "ticker_time").style.width, 10)).toBe(before + 16));
    expect(localStorage.getItem(`algomosaic.grid.${BARS}`)).toContain(`"ticker_time":${before + 16}`);
  });
  it("fit their values on a double click", async () => {
    const { user, grid } = await showBars();
    const width = headOf(grid, "ticker").style.width;
    grid.focus();
    await user.keyboard("{ArrowRight}{Alt>}{ArrowRight}{ArrowRight}{/Alt}");
    const edge = within(headOf(grid, "ticker")).getByTitle(/double click to fit/);
    await user.dblClick(edge);
    await waitFor(() => expect(headOf(grid, "ticker").style.width).toBe(width));
  });
});

describe("going to a row", () => {
  it("shows a row far down of twenty million", async () => {
    const { user } = show({ hash: "#/data/local.market.bars_btc_minute" });
    const field = await screen.findByTestId("go-to-row");
    await user.type(field, "12,345,678{Enter}");
    await screen.findByText("row 12,345,678, ticker_time");
  });
  it("refuses a row that is not there", async () => {
    const { user } = await showBars();
    await user.type(screen.getByTestId("go-to-row"), "20000");
    await screen.findByText("Rows go from 1 to 13,085");
  });
  it("is reached with its keys", async () => {
    const { user, grid } = await showBars();
    grid.focus();
    await user.keyboard("{Control>}g{/Control}");
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId("go-to-row")));
  });
});

describe("the tree", () => {
  it("offers what can be done with a table", async () => {
    const { user } = show({ hash: "#/data" });
    await user.pointer({ keys: "[MouseRight]", target: await screen.findByTestId("table-features.us_daily") });
    const menu = within(await screen.findByRole("menu"));
    expect(menu.getAllByRole("menuitem").map((item) => item.textContent)).toEqual([
      "Open",
      "Query this table",
      "Profile",
      "Copy name",
      "Export…",
      "Drop…",
    ]);
  });
  it("drops a table after naming it and its rows", async () => {
    const { user } = await showBars();
    await user.click(await screen.findByTestId("drop-table"));
    await screen.findByText(/market\.bars_us_daily and its 13,085 rows are removed/);
    await user.click(screen.getByTestId("drop-now"));
    await waitFor(() => expect(screen.queryByTestId("table-market.bars_us_daily")).toBeNull());
    expect(window.location.hash).toBe("#/data");
  });
  it("tells why a table cannot be read, and still drops it", async () => {
    const fault = { code: "BadInput" as const, message: "its list of parts is damaged", hint: "Restore the file." };
    const listTables = async () =>
      (await fakeClient().listTables()).map((info) =>
        info.table === "bars_us_daily" ? { ...info, rows: null, fault } : info,
      );
    const { user } = show({ hash: `#/data/${BARS}`, client: { listTables } });
    await screen.findByText("its list of parts is damaged");
    await screen.findByText("Restore the file.");
    await user.click(await screen.findByTestId("drop-table"));
    await screen.findByText(/market\.bars_us_daily and all its rows are removed/);
  });
  it("exports a table and says where the file is", async () => {
    const { user } = await showBars();
    await user.click(await screen.findByTestId("export-table"));
    await screen.findByText("/home/ana/algomosaic/bars_us_daily.csv");
  });
});

describe("a profile", () => {
  it("shows beside the grid for the column one stands in", async () => {
    const { user, grid } = await showBars();
    const sorted = (await closes()).sort((a, b) => a - b);
    grid.focus();
    await user.keyboard("{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}{ArrowRight}");
    const facts = await screen.findByTestId("column-profile");
    await waitFor(() => expect(facts.textContent).toContain(`Min${sorted[0]?.toFixed(2)}`));
    within(facts).getByText("Median");
    within(facts).getByRole("img", { name: "How the values of close are spread" });
  });
  it("lists every column, and marks labels", async () => {
    const { user } = show({ hash: "#/data/local.features.us_daily" });
    await user.click(await screen.findByTestId("tab-profile"));
    const line = within(await screen.findByTestId("profile-ROR_n10"));
    line.getByText("label");
    await screen.findByText(/8 columns are labels/);
    await user.click(line.getByRole("button", { name: "ROR_n10" }));
    await screen.findByText(/it reads 10 bars ahead/);
  });
  it("waits to be asked for where there are millions of rows, and can be stopped", async () => {
    const { user } = show({
      hash: "#/data/local.market.bars_btc_minute",
      fake: { taskMs: 60_000 },
      client: { taskShare: () => Promise.resolve(0.25) },
    });
    await user.click(await screen.findByRole("button", { name: "Profile 19,998,012 rows" }));
    const waiting = await screen.findByTestId("waiting");
    await waitFor(() => {
      const bar = within(waiting).getByRole("progressbar", { name: "Profiling" });
      expect(bar.getAttribute("aria-valuenow")).toBe("25");
    });
    await user.click(within(waiting).getByRole("button", { name: "Cancel" }));
    await screen.findByRole("button", { name: "Profile 19,998,012 rows" });
  });
  it("says why it failed", async () => {
    show({
      hash: `#/data/${BARS}`,
      client: { profileTable: failing("BadInput", "A part is broken.", "Import again.") },
    });
    await screen.findByText("A part is broken.");
  });
});
