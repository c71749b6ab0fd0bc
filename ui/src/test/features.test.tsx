import { screen, waitFor, within } from "@testing-library/react";
import type { UserEvent } from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fakeClient } from "../api/fake";
import { failing, show, waiting } from "./show";

async function entries(): Promise<HTMLElement[]> {
  return await screen.findAllByTestId("entry");
}

const ids = () => screen.queryAllByTestId("entry").map((entry) => entry.dataset.id);

async function add(user: UserEvent, wanted: string): Promise<void> {
  const search = await screen.findByTestId("indicator-search");
  await user.clear(search);
  await user.type(search, `${wanted}{Enter}`);
}

/** The page with the recipe that the fake keeps. */
async function openSaved(user: UserEvent): Promise<void> {
  await user.click(await screen.findByTestId("recipe-more"));
  await user.click(await screen.findByTestId("recipe-open"));
  await user.click(await screen.findByRole("button", { name: /^momentum/ }));
  await waitFor(() => expect(ids()).toHaveLength(5));
}

describe("the Features page", () => {
  it("says what it would show without a workspace, and how to get there", async () => {
    show({ hash: "#/features", fake: { workspace: "none" } });
    await screen.findByText(/Features computes indicators from bars/);
    screen.getByRole("button", { name: "Go to Start" });
  });
  it("leads to an import where no table has bars", async () => {
    const { user } = show({ hash: "#/features", client: { barSources: async () => [] } });
    await screen.findByText("No table has bars");
    await user.click(screen.getByRole("button", { name: "Import files…" }));
    await screen.findByTestId("import-files");
  });
  it("says that it reads, and why it could not", async () => {
    show({ hash: "#/features", client: { indicatorCatalogue: waiting } });
    await screen.findByText("Reading the indicators");
  });
  it("shows why the bars cannot be shown, and tries again", async () => {
    const { user } = show({
      hash: "#/features",
      client: { previewFeatures: failing("NotFound", "There is no table local.market.bars_us_daily.", "Refresh.") },
    });
    await screen.findByText("There is no table local.market.bars_us_daily.");
    await user.click(screen.getByRole("button", { name: "Try again" }));
  });
  it("is the third page, and is in the palette", async () => {
    const { user } = show();
    await screen.findByTestId("nav-features");
    await user.keyboard("{Control>}3{/Control}");
    await screen.findByTestId("indicator-search");
  });
  it("begins with the table of plain bars, and changes ticker by key", async () => {
    const { user } = show({ hash: "#/features" });
    const chart = await screen.findByTestId("feature-chart");
    const ticker = () => (screen.getByTestId("bars-ticker") as HTMLInputElement).value;
    expect((screen.getByTestId("bars-table") as HTMLInputElement).value).toBe("market.bars_us_daily");
    expect([chart.dataset.bars, ticker()]).toEqual(["1000", "AAPL"]);
    chart.focus();
    await user.keyboard("]");
    await waitFor(() => expect(ticker()).toBe("GOOG"));
    await user.keyboard("[[[[");
    await waitFor(() => expect(ticker()).toBe("MSFT"));
  });
});

describe("the catalogue", () => {
  it("explains an indicator and adds it with Enter", async () => {
    const { user } = show({ hash: "#/features" });
    await user.type(await screen.findByTestId("indicator-search"), "ta.rsi");
    const explained = within(await screen.findByTestId("explained"));
    explained.getByText(/The share of rises in the smoothed moves, 0 to 100/);
    explained.getByText(/100 up \/ \(up \+ down\)/);
    explained.getByText("Source: TA-Lib 0.8.1; Wilder 1978.");
    await user.keyboard("{Enter}");
    const [card] = await entries();
    expect(card?.dataset.id).toBe("ta.rsi");
    await within(card as HTMLElement).findByText("RSI_14");
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("1"));
  });
  it("is walked and opened with the arrows", async () => {
    const { user } = show({ hash: "#/features" });
    await user.click(await screen.findByRole("tree", { name: "Indicators" }));
    await user.keyboard("{ArrowDown}{ArrowDown}{ArrowRight}{ArrowDown}");
    const selected = () => screen.getAllByRole("treeitem", { selected: true })[0];
    expect(selected()?.dataset.testid).toBe("indicator-algom.aror");
    await user.keyboard("{Enter}");
    await waitFor(() => expect(ids()).toEqual(["algom.aror"]));
  });
  it("adds as a label what can look ahead", async () => {
    const { user } = show({ hash: "#/features" });
    await user.type(await screen.findByTestId("indicator-search"), "algom.ror");
    await user.click(await screen.findByTestId("add-label"));
    const labels = within(await screen.findByTestId("entries-labels"));
    await labels.findByText("ROR_n10");
    await labels.findByText("reads 10 later bars");
  });
  it("says when nothing is found", async () => {
    const { user } = show({ hash: "#/features" });
    await user.type(await screen.findByTestId("indicator-search"), "zzz");
    await screen.findByText("No indicator is like “zzz”.");
  });
});

describe("an entry", () => {
  it("makes a column for each of several values", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    const field = await screen.findByTestId("param-timeperiod");
    await user.clear(field);
    await user.type(field, "7, 14, 21");
    await screen.findByText("RSI_{7, 14, 21}");
  });
  it("says at its card what is wrong, and the others stand", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.sma");
    await add(user, "algom.ror");
    const field = await screen.findByTestId("param-n");
    await user.clear(field);
    await user.type(field, "-5");
    const problem = await screen.findByTestId("entry-problem");
    expect(problem.textContent).toContain("ROR_n5 reads 5 later bars, and a feature only looks back");
    expect(problem.textContent).toContain("Make it a label");
    expect(screen.getAllByTestId("entry")[0]?.textContent).toContain("SMA_30");
    await user.click(screen.getByRole("button", { name: "to labels" }));
    await waitFor(() => expect(screen.queryByTestId("entry-problem")).toBeNull());
    within(screen.getByTestId("entries-labels")).getByText("ROR_n5");
  });
  it("offers the table's columns and those made above", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "algom.ema");
    await screen.findByText("EMA_20");
    await add(user, "transform.lag");
    const field = await screen.findByTestId("param-column");
    await user.click(field);
    await screen.findByRole("option", { name: "EMA_20", hidden: true });
    await user.click(await screen.findByRole("option", { name: "volume", hidden: true }));
    await screen.findByText("LAG1_volume");
  });
  it("is an expression with a name", async () => {
    const { user } = show({ hash: "#/features" });
    await user.click(await screen.findByTestId("indicator-sql"));
    await user.click(await screen.findByTestId("add-feature"));
    expect((await screen.findByTestId("entry-problem")).textContent).toContain("the expression is empty");
    await user.type(screen.getByTestId("param-sql"), "high - low");
    await user.type(screen.getByTestId("entry-as"), "span");
    await within(screen.getByTestId("entry")).findByText("span");
  });
  it("is undone and done again, typed figures at once", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    const field = () => screen.getByTestId("param-timeperiod") as HTMLInputElement;
    await screen.findByTestId("param-timeperiod");
    await user.clear(field());
    await user.type(field(), "21");
    await screen.findByText("RSI_21");
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(field().value).toBe("14"));
    await user.keyboard("{Control>}z{/Control}");
    await waitFor(() => expect(ids()).toEqual([]));
    await user.click(screen.getByRole("button", { name: "Redo" }));
    await user.click(screen.getByRole("button", { name: "Redo" }));
    await screen.findByText("RSI_21");
  });
  it("moves with Alt and the arrows, doubles and goes by key, and keeps the focus", async () => {
    const { user } = show({ hash: "#/features" });
    await openSaved(user);
    expect(ids()).toEqual(["algom.aror", "ta.rsi", "ta.bbands", "ta.macd", "algom.ror"]);
    const title = (name: RegExp) => screen.getByRole("button", { name });
    title(/^Average rate/).focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(ids().slice(0, 2)).toEqual(["ta.rsi", "algom.aror"]);
    await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Average rate/));
    await user.keyboard("{Alt>}{ArrowUp}{/Alt}");
    expect(ids()[0]).toBe("algom.aror");
    await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Average rate/));
    await user.keyboard("{ArrowDown}");
    expect(document.activeElement?.textContent).toMatch(/^Relative strength/);
    await user.keyboard("{Control>}d{/Control}");
    expect(ids().slice(0, 3)).toEqual(["algom.aror", "ta.rsi", "ta.rsi"]);
    expect((await screen.findByTestId("entry-problem")).textContent).toContain("RSI_14 is made already");
    await waitFor(() => expect(document.activeElement?.textContent).toMatch(/^Relative strength/));
    await user.keyboard("{Delete}");
    expect(ids()).toHaveLength(5);
  });
  it("is put away from the chart and brought back", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("1"));
    await user.click(screen.getByRole("button", { name: "Hide Relative strength index on the chart" }));
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("0"));
    await user.click(screen.getByRole("button", { name: "Show Relative strength index on the chart" }));
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("1"));
  });
});

describe("a recipe", () => {
  it("is saved under its name, and is then not unsaved", async () => {
    const saveRecipe = vi.fn(fakeClient({ delayMs: 0 }).saveRecipe);
    const { user } = show({ hash: "#/features", client: { saveRecipe } });
    await openSaved(user);
    await waitFor(() => expect(screen.getByTestId("recipe-state").textContent).toBe("saved"));
    await add(user, "ta.obv");
    await waitFor(() => expect(screen.getByTestId("recipe-state").textContent).toBe("unsaved"));
    await user.keyboard("{Control>}s{/Control}");
    await waitFor(() => expect(saveRecipe).toHaveBeenCalledOnce());
    expect(saveRecipe.mock.calls[0]?.[0]).toMatchObject({
      name: "momentum",
      feature: [
        { indicator: "algom.aror", n: [1, 5, 10, 20] },
        { indicator: "ta.rsi", timeperiod: 14 },
        { indicator: "ta.bbands" },
        { indicator: "ta.macd" },
        { indicator: "ta.obv" },
      ],
      label: [{ indicator: "algom.ror", n: -10 }],
    });
  });
  it("asks for a name where it has none, and before it replaces another", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await user.click(screen.getByTestId("save-recipe"));
    const name = await screen.findByTestId("name");
    await user.type(name, "momentum");
    await user.click(screen.getByTestId("name-done"));
    await screen.findByText("There is a recipe momentum already.");
    await user.clear(name);
    await user.type(name, "strength");
    await user.click(screen.getByTestId("name-done"));
    await waitFor(() => expect(screen.getByTestId("recipe-state").textContent).toBe("saved"));
    expect((screen.getByTestId("recipe-name") as HTMLInputElement).value).toBe("strength");
  });
  it("stays while a person looks at another page", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await waitFor(() => expect(ids()).toEqual(["ta.rsi"]));
    await user.click(screen.getByTestId("nav-jobs"));
    await user.click(screen.getByTestId("nav-features"));
    await waitFor(() => expect(ids()).toEqual(["ta.rsi"]));
  });
  it("is shown as TOML, and read from it", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await user.click(screen.getByTestId("recipe-more"));
    await user.click(await screen.findByTestId("recipe-toml"));
    const text = (await screen.findByTestId("recipe-text")) as HTMLTextAreaElement;
    await waitFor(() => expect(text.value).toContain('indicator = "ta.rsi"'));
    await user.clear(text);
    await user.click(text);
    await user.paste("nonsense");
    await user.click(screen.getByTestId("use-recipe-text"));
    await screen.findByText("The recipe cannot be read: line 1 is “nonsense”.");
    await user.clear(text);
    await user.click(text);
    await user.paste('name = "pasted"\n[[feature]]\nindicator = "ta.obv"\n');
    await user.click(screen.getByTestId("use-recipe-text"));
    await waitFor(() => expect(ids()).toEqual(["ta.obv"]));
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await waitFor(() => expect(ids()).toEqual(["ta.rsi"]));
  });
  it("is deleted only when that is said twice", async () => {
    const { user } = show({ hash: "#/features" });
    await user.click(await screen.findByTestId("recipe-more"));
    await user.click(await screen.findByTestId("recipe-open"));
    await user.click(await screen.findByRole("button", { name: "Delete momentum…" }));
    await user.click(screen.getByRole("button", { name: "Delete momentum" }));
    await screen.findByText("No recipe is saved in this workspace yet.");
  });
  it("is not saved or run in a workspace that can only be read", async () => {
    const fake = fakeClient({ delayMs: 0 });
    const state = await fake.startState();
    if (state.workspace === null) throw new Error("the fake has no workspace");
    const workspace = { ...state.workspace, read_only: true };
    const { user } = show({ hash: "#/features", client: { startState: async () => ({ ...state, workspace }) } });
    await add(user, "ta.rsi");
    expect(screen.getByTestId("run-recipe").title).toBe("The workspace can be read, not written.");
    expect(screen.getByTestId("save-recipe")).toHaveProperty("disabled", true);
  });
});

describe("an entry that does not show", () => {
  it("is not computed until it shows again", async () => {
    const { user, client } = show({ hash: "#/features" });
    const asked = vi.spyOn(client, "previewFeatures");
    const hiddenThen = () => asked.mock.lastCall?.[0].hidden_features;
    await add(user, "ta.rsi");
    await screen.findByTestId("param-timeperiod");
    await add(user, "ta.macd");
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("2"));
    expect(hiddenThen()).toEqual([]);
    const before = asked.mock.calls.length;
    await user.click(screen.getByRole("button", { name: "Hide Relative strength index on the chart" }));
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("1"));
    expect(asked.mock.calls.length).toBe(before);
    const period = await screen.findByTestId("param-fastperiod");
    await user.clear(period);
    await user.type(period, "9");
    await waitFor(() => expect(hiddenThen()).toEqual([0]));
    expect(screen.getAllByTestId("entry")[0]?.textContent).toContain("RSI_14");
    await user.click(screen.getByRole("button", { name: "Show Relative strength index on the chart" }));
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("2"));
    expect(hiddenThen()).toEqual([]);
    // The bars came once; since then they are known.
    expect(asked.mock.lastCall?.[0].known_bars).toBe("AAPL 1000");
    expect(screen.getByTestId("feature-chart").dataset.bars).toBe("1000");
  });
});

describe("several tickers", () => {
  it("show side by side with what lies over the candles and the chosen pane, and one opens alone", async () => {
    const { user, client } = show({ hash: "#/features" });
    const asked = vi.spyOn(client, "previewFeatures");
    await add(user, "algom.ema");
    await add(user, "ta.rsi");
    await add(user, "ta.macd");
    await user.click(screen.getByRole("radio", { name: "Tickers" }));
    const grid = within(await screen.findByTestId("ticker-grid"));
    const charts = await grid.findAllByTestId("ticker-chart");
    expect(charts).toHaveLength(4);
    for (const chart of charts) {
      await waitFor(() => expect([chart.dataset.overlays, chart.dataset.panes]).toEqual(["1", "1"]));
    }
    // The other pane is not computed.
    expect(asked.mock.lastCall?.[0]).toMatchObject({ bars: 120, hidden_features: [1] });
    expect(grid.getByRole("button", { current: true }).textContent).toContain("AAPL");
    grid.getByRole("button", { current: true }).focus();
    await user.keyboard("]");
    await waitFor(() => expect(grid.getByRole("button", { current: true }).textContent).toContain("GOOG"));
    await user.click(grid.getByRole("button", { name: /IBM/ }));
    await screen.findByTestId("feature-chart");
    expect((screen.getByTestId("bars-ticker") as HTMLInputElement).value).toBe("IBM");
  });
  it("beyond nine are shown nine at a time", async () => {
    const tickers = Array.from({ length: 20 }, (_, i) => ({ ticker: `T${i + 10}`, bars: 200 }));
    const source = { table: "local.market.many", tickers, columns: ["close"] };
    const { user } = show({ hash: "#/features", client: { barSources: async () => [source] } });
    await user.click(await screen.findByRole("radio", { name: "Tickers" }));
    const shown = async () => (await screen.findByTestId("tickers-shown")).textContent;
    expect(await shown()).toBe("1 to 9 of 20; [ and ] go on");
    screen.getByTestId("open-T10").focus();
    await user.keyboard("[[");
    await waitFor(async () => expect(await shown()).toBe("19 to 20 of 20; [ and ] go on"));
    expect(screen.getAllByTestId("ticker-chart")).toHaveLength(2);
  });
  it("are not offered where there is one", async () => {
    show({ hash: "#/features/local.market.bars_btc_minute" });
    await screen.findByTestId("feature-chart");
    expect(screen.queryByRole("radio", { name: "Tickers" })).toBeNull();
  });
});

describe("a narrow window", () => {
  const wide = window.matchMedia;
  beforeEach(() => {
    vi.stubGlobal("matchMedia", (query: string) => ({ ...wide(query), matches: query.includes("1099px") }));
  });
  afterEach(() => {
    vi.stubGlobal("matchMedia", wide);
  });
  it("has the recipe in a drawer that is opened, worked in and closed by keys", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await add(user, "ta.macd");
    await waitFor(() => expect(screen.getByTestId("feature-chart").dataset.panes).toBe("2"));
    expect(ids()).toEqual([]);
    screen.getByRole("button", { name: "Show Recipe" }).focus();
    await user.keyboard("{Enter}");
    const drawer = within(await screen.findByRole("dialog", { name: "Recipe" }));
    await waitFor(() => expect(ids()).toEqual(["ta.rsi", "ta.macd"]));
    drawer.getByRole("button", { name: /^Relative strength/ }).focus();
    await user.keyboard("{Alt>}{ArrowDown}{/Alt}");
    expect(ids()).toEqual(["ta.macd", "ta.rsi"]);
    await user.keyboard("{Control>}z{/Control}");
    expect(ids()).toEqual(["ta.rsi", "ta.macd"]);
    await user.keyboard("{Delete}");
    await waitFor(() => expect(ids()).toEqual(["ta.macd"]));
    // A dialog over the drawer is closed alone.
    await user.keyboard("{Control>}s{/Control}");
    await screen.findByRole("dialog", { name: "Save the recipe" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Save the recipe" })).toBeNull());
    screen.getByRole("dialog", { name: "Recipe" });
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog", { name: "Recipe" })).toBeNull());
    await waitFor(() => expect(document.activeElement?.getAttribute("aria-label")).toBe("Show Recipe"));
  });
});

describe("the work on a recipe", () => {
  it("is checked, in words, and says when the recipe has changed since", async () => {
    const { user } = show({ hash: "#/features" });
    await openSaved(user);
    await user.click(screen.getByTestId("check-recipe"));
    expect((await screen.findByTestId("check-words")).textContent).toBe("None of 11 columns looks ahead.");
    expect(screen.getByTestId("warm-up-words").textContent).toMatch(/^The first 306 rows of each ticker are unsettled/);
    await user.click(screen.getByRole("button", { name: "Undo" }));
    await screen.findByText(/The recipe or the table has changed since\./);
  });
  it("names the column that looks ahead and its first row", async () => {
    const checkRecipe = async () => ({
      columns_checked: 2,
      looks_ahead: [
        { column: "PEEK", row: 1308, horizon: 0 },
        { column: "SMA_centred_10", row: null, horizon: 2 },
      ],
      warm_up: [],
    });
    const { user } = show({ hash: "#/features", client: { checkRecipe } });
    await add(user, "ta.rsi");
    await user.click(screen.getByTestId("check-recipe"));
    await screen.findByText("from row 1,308");
    screen.getByText("reads 2 later bars");
    screen.getByText(/^2 of 2 columns look ahead/);
  });
  it("can be stopped", async () => {
    const { user } = show({ hash: "#/features", fake: { taskMs: 60_000 } });
    await add(user, "ta.rsi");
    await user.click(screen.getByTestId("check-recipe"));
    await screen.findByText("Checking the recipe");
    await user.click(screen.getByRole("button", { name: "Cancel" }));
    await screen.findByText(/The check computes every column again/);
  });
  it("correlates columns, as a picture, a table and CSV", async () => {
    const { user } = show({ hash: "#/features" });
    await openSaved(user);
    await user.click(screen.getByTestId("correlate"));
    await screen.findByText("Rank correlation of 12 columns");
    const card = within(screen.getByTestId("correlation"));
    await user.click(card.getByRole("button", { name: "table" }));
    expect(card.getAllByRole("rowheader")[0]?.textContent).toBe("ROR_n10");
    await user.click(card.getByRole("button", { name: "Save the correlations as CSV" }));
    await screen.findByText("/home/ana/algomosaic/sample/exports/correlation momentum.csv");
    await user.click(card.getByRole("button", { name: "Save the correlations as PNG" }));
    await screen.findByText("/home/ana/algomosaic/sample/exports/correlation momentum.png");
    await user.click(card.getByRole("button", { name: "Copy the correlations" }));
    await screen.findByText("The correlations are on the clipboard as CSV");
    expect(await navigator.clipboard.readText()).toMatch(/^column,ROR_n10,/);
  });
  it("runs into a table, and leads to Data and Train with it", async () => {
    const { user, client } = show({ hash: "#/features" });
    const startJob = vi.spyOn(client, "startJob");
    await openSaved(user);
    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(((await screen.findByTestId("run-table")) as HTMLInputElement).value).toBe("features.momentum");
    await user.click(screen.getByTestId("run-now"));
    expect((await screen.findByTestId("run-done")).textContent).toContain(
      "features.momentum has 13,085 rows and 12 new columns",
    );
    expect(startJob.mock.calls[0]?.[0]).toMatchObject({
      operation: "features",
      from: { kind: "table", table: "local.market.bars_us_daily" },
      table: "features.momentum",
      out: null,
      update: false,
    });
    expect(screen.getByRole("link", { name: "Open it in Data" }).getAttribute("href")).toBe(
      "#/data/local.features.momentum",
    );
    await user.click(screen.getByTestId("train-with"));
    await waitFor(() => expect(window.location.hash).toBe("#/train"));
  });
  it("says what becomes of a table that is there", async () => {
    const { user } = show({ hash: "#/features" });
    await add(user, "ta.rsi");
    await user.click(screen.getByTestId("run-recipe"));
    const table = await screen.findByTestId("run-table");
    await user.clear(table);
    await user.type(table, "features.us_daily");
    await screen.findByText("features.us_daily exists with 9,808 rows");
    expect(screen.getByTestId("run-now").textContent).toBe("Update the table");
    await user.click(screen.getByTestId("run-replace"));
    expect(screen.getByTestId("run-now").textContent).toBe("Replace the table");
    await user.clear(table);
    await user.type(table, "market.bars_us_daily");
    await screen.findByText("The bars are read from this table; choose another.");
    expect(screen.getByTestId("run-now")).toHaveProperty("disabled", true);
  });
  it("is asked for from the palette on any page", async () => {
    const { user } = show({ hash: "#/features" });
    await openSaved(user);
    await user.click(screen.getByTestId("nav-jobs"));
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("textbox", { name: "Search or run a command" }), "check the recipe");
    await user.click(await screen.findByRole("button", { name: /Check the recipe/ }));
    await screen.findByTestId("check-words");
  });
});
