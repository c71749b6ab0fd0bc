// Drives the real window as a person would, and checks what it shows against the command line.
// node tests/e2e/run.mjs, after `cargo build --workspace --bins`. Screenshots are kept in tests/e2e/screenshots.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { built } from "../../scripts/steps.mjs";
import { startBigQuery, startIdentity, startKeyring } from "./google.mjs";
import { picture } from "./png.mjs";
import { openWindow } from "./window.mjs";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
/** On a machine that does much else, everything takes a multiple of its time: `E2E_PATIENCE=4`. */
const PATIENCE = Number(process.env.E2E_PATIENCE ?? 1);
/** A test takes seconds; this much on a busy machine. */
const LIMIT_MS = 120_000 * PATIENCE;
const WAIT = { timeout: 60_000 * PATIENCE, interval: 100 };

rmSync(SCREENSHOTS, { recursive: true, force: true });
mkdirSync(SCREENSHOTS, { recursive: true });

const identity = await startIdentity();
let [keyring, bigquery] = [null, null];
const { browser, folder, home, env, said, close } = await openWindow(built("algomosaic"), async (parts) => {
  [keyring, bigquery] = await Promise.all([startKeyring(parts), startBigQuery(parts)]);
  // Every word that a library may write to a log.
  return { ...identity.env, ...keyring, ...bigquery?.env, RUST_LOG: "trace" };
});
const sample = join(home, "data", "sample");

const byId = (id) => browser.$(`[data-testid="${id}"]`);
const dataOf = async (id) => (await byId(id)).getAttribute("data-value");
const numberOf = async (id) => Number(await dataOf(id));

async function click(id) {
  const element = byId(id);
  await element.waitForClickable(WAIT);
  await element.click();
}

// The driver's own text leaves out what a button or a message holds.
const pageText = () => browser.execute(() => document.body.innerText);

/** The text of the page once `pattern` is in it. */
async function seen(pattern) {
  let text = "";
  await browser.waitUntil(
    async () => {
      text = await pageText();
      return pattern.test(text);
    },
    { ...WAIT, timeoutMsg: `the page never said ${pattern}` },
  );
  return text;
}

/** Waits until the page has no such element. The page is asked: the driver stumbles over what goes while it looks. */
async function gone(test) {
  const isGone = (id) => document.querySelector(`[data-testid="${id}"]`) === null;
  await browser.waitUntil(() => browser.execute(isGone, test), { ...WAIT, timeoutMsg: `${test} never went` });
}

/** What the command line answers about the same workspace. */
function algom(...args) {
  const answer = spawnSync(built("algom"), ["--workspace", sample, "--json", ...args], { encoding: "utf8", env });
  assert.equal(answer.status, 0, `algom ${args.join(" ")}: ${answer.stderr}`);
  return JSON.parse(answer.stdout);
}

/** A picture of the page. Where pages are drawn plainly, the driver takes one only when something is drawn anew. */
async function screenshot() {
  await browser.execute(() => {
    const dot = document.createElement("div");
    dot.style.cssText = "position: fixed; top: 0; left: 0; width: 1px; height: 1px";
    document.body.append(dot);
    let turn = 0;
    const blink = setInterval(() => {
      dot.style.background = `rgb(0 0 ${turn++ % 2} / 1%)`;
      if (turn > 100) {
        clearInterval(blink);
        dot.remove();
      }
    }, 50);
  });
  return Buffer.from(await browser.takeScreenshot(), "base64");
}

/** Chooses in the menu of colours, by a script: a dialog may lie over its button. */
async function choose(item) {
  const press = (id) => browser.execute((test) => document.querySelector(`[data-testid="${test}"]`).click(), id);
  await press("looks");
  await byId(item).waitForExist(WAIT);
  await press(item);
  await press("looks");
  await gone(item);
}

/** Takes a picture of the page in both themes, and checks that each shows something on its own ground. */
async function photograph(name) {
  for (const theme of ["light", "dark"]) {
    await choose(`theme-${theme}`);
    // Notifications come and go, and charts are drawn after the page.
    await browser.pause(700);
    const png = await screenshot();
    writeFileSync(join(SCREENSHOTS, `${name}-${theme}.png`), png);
    const { width, height, colours, ground, groundShare } = picture(png);
    assert.deepEqual([width, height], [1280, 800], "the size of the page");
    assert.ok(colours > 100, `${name} in ${theme} has ${colours} colours only`);
    assert.ok(groundShare < 0.97, `${name} in ${theme} is blank: ${groundShare} of it is one colour`);
    const brightness = ((ground >> 16) + ((ground >> 8) & 255) + (ground & 255)) / 3;
    assert.ok(
      theme === "light" ? brightness > 200 : brightness < 60,
      `${name} is not ${theme}: its ground is ${brightness}`,
    );
  }
  await choose("theme-light");
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What keeps people out of what the window shows (WCAG 2.2 A and AA). */
async function violations() {
  await browser.execute(AXE);
  return browser.execute(async () => {
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
    const found = await window.axe.run(document, { runOnly: tags, resultTypes: ["violations"] });
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.html}\n${node.failureSummary}`),
    );
  });
}

async function everyoneCanUse(place) {
  for (const theme of ["light", "dark"]) {
    await choose(`theme-${theme}`);
    const found = await violations();
    assert.deepEqual(found, [], `${place} in ${theme}:\n${found.join("\n")}`);
  }
  await choose("theme-light");
}

const tests = [];
const test = (fact, work) => tests.push([fact, work]);

test("the window opens on the Start page, in a language that formats numbers", async () => {
  await byId("run-sample").waitForDisplayed(WAIT);
  assert.equal(await browser.getTitle(), "algoMosaic");
  assert.equal(await browser.execute(() => navigator.language), "en-US");
  await photograph("start-empty");
});

test("the page may run its own code only", async () => {
  const refused = await browser.execute(() => {
    try {
      return String(new Function("return 1")());
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(refused, "EvalError");
});

test("a folder that is no workspace is refused with what to do", async () => {
  await byId("workspace-path").setValue(folder);
  await click("open-workspace");
  const text = await seen(/is no workspace/);
  assert.match(text, /it has no algomosaic\.toml/);
  assert.match(text, /algom init/);
  await photograph("start-refused");
  // A failure stays until it was read.
  await browser.$(".mantine-Notification-closeButton").click();
});

let run = "";
test("one click runs the sample and opens its result", async () => {
  await click("run-sample");
  await byId("score-rsquared").waitForDisplayed(WAIT);
  run = await dataOf("run-id");
  assert.match(run, /^[0-9a-f]{40}$/);
  assert.match(await browser.getUrl(), /#\/train\//);
});

test("the result's numbers are those of the command line", async () => {
  const { scores, control, split, model_id: model } = algom("models", "show", run);
  assert.equal(await numberOf("score-rsquared"), scores.rsquared);
  assert.equal(await numberOf("score-mae"), scores.mae);
  assert.equal(await numberOf("score-direction_hits"), scores.direction_hits);
  assert.equal(await numberOf("p-value"), control.p_value);
  assert.ok(scores.mae > 0 && control.p_value > 0 && control.p_value <= 1 && split.test_rows > 100);
  assert.match(model, /^[0-9a-f]{40}$/);
  const verdict = await byId("verdict").getText();
  assert.match(verdict, control.p_value <= 0.05 ? /better than chance/i : /cannot be told from chance/i);
  await browser.pause(4500);
  await photograph("train");
});

/** Presses what the page shows somewhere below, wherever it is scrolled. */
async function press(id) {
  const element = byId(id);
  await element.waitForExist(WAIT);
  await browser.execute((test) => {
    const found = document.querySelector(`[data-testid="${test}"]`);
    found.scrollIntoView({ block: "center" });
    found.click();
  }, id);
}

/** Chooses an option of a list that opens. */
async function pick(selector, option) {
  await browser.execute((css) => document.querySelector(css).scrollIntoView({ block: "center" }), selector);
  await browser.$(selector).click();
  const found = browser.$(`//*[@role="option"][normalize-space()="${option}"]`);
  await found.waitForClickable(WAIT);
  await found.click();
}

/** The file that the last message names. */
async function savedFile(pattern) {
  const text = await seen(pattern);
  return pattern.exec(text)[1];
}

test("a search is stopped with its trials kept", async () => {
  await press("search-on");
  await byId("search-alpha").waitForExist(WAIT);
  await press("search-alpha");
  await press("search-l1_ratio");
  await byId("search-l1_ratio-max").waitForExist(WAIT);
  // Stronger penalties leave no feature here.
  await fill("search-alpha-max", "0.001");
  // The form shows what the algorithm's catalogue declares; two folds of held-out time follow the search.
  await fill("param-trials", "100");
  await pick('[aria-label="Split"] [data-testid="param-kind"]', "Walk-forward");
  const folds = '[aria-label="Split"] [data-testid="param-folds"]';
  await browser.$(folds).waitForExist(WAIT);
  await browser.execute((css) => {
    const field = document.querySelector(css);
    field.focus();
    field.select();
    document.execCommand("insertText", false, "3");
  }, folds);
  await browser.execute(() => document.querySelector('[aria-label="Search"]').scrollIntoView());
  await photograph("train-search-form");
  await click("train-button");
  await byId("search-now").waitForExist(WAIT);
  const trials = () => numberOf("search-now");
  await browser.waitUntil(async () => (await trials()) >= 3, WAIT);
  await click("cancel-job");
  await byId("resume-search").waitForDisplayed(WAIT);
  const kept = await trials();
  assert.ok(kept >= 3 && kept < 100, `${kept} trials are kept`);
  await seen(new RegExp(`It keeps ${kept} of 100 trials`));
  await photograph("train-search-stopped");
});

test("a search that was resumed has every trial", async () => {
  const before = await dataOf("run-id");
  await click("resume-search");
  await byId("cancel-job").waitForExist(WAIT);
  writeFileSync(join(SCREENSHOTS, "train-search-running.png"), await screenshot());
  await browser.waitUntil(async () => (await dataOf("run-id")) !== before, { ...WAIT, timeout: 110_000 * PATIENCE });
  const found = algom("models", "show", await dataOf("run-id"));
  assert.equal(found.search.trials.length, 100);
});

test("the search's best trial stands beside the score of the rows it never saw", async () => {
  const { search, scores } = algom("models", "show", await dataOf("run-id"));
  assert.equal(await numberOf("search-inner"), search.inner_score);
  assert.equal(await numberOf("search-unseen"), scores.rsquared);
  await press("show-trials");
  await byId("trials").waitForExist(WAIT);
  const rows = () =>
    browser.execute(() =>
      [...document.querySelectorAll('[data-testid="trial"]')].map((row) => ({
        score: Number(row.getAttribute("data-value")),
        best: row.getAttribute("data-best"),
      })),
    );
  const shown = await rows();
  assert.equal(shown.length, 100);
  assert.deepEqual([shown[0].score, shown[0].best], [search.inner_score, "true"]);
  assert.ok(shown.every(({ score }, i) => i === 0 || score <= shown[i - 1].score));
  await press("trials-by-number");
  const first = await rows();
  assert.equal(first[0].score, search.trials[0].score);
  await browser.execute(() => document.querySelector('[data-testid="search"]').scrollIntoView());
  await photograph("train-search");
});

test("every fold shows its rows and its score, and its chart is exported", async () => {
  const { folds, learning_curve: curve } = algom("models", "show", await dataOf("run-id"));
  assert.equal(folds.length, 3);
  const shown = await browser.execute(() =>
    [...document.querySelectorAll('[data-testid="fold-score"]')].map((cell) => Number(cell.getAttribute("data-value"))),
  );
  assert.deepEqual(
    shown,
    folds.map((fold) => fold.scores.rsquared),
  );
  await browser.execute(() => document.querySelector('[data-testid="chart-fold_scores"]').scrollIntoView());
  await photograph("train-folds");
  for (const [title, points] of [
    ["R² by fold", folds.map((fold) => fold.scores.rsquared)],
    ["R² by length of history", curve.map((point) => point.scores?.rsquared ?? null)],
  ]) {
    await browser.execute((name) => {
      document.querySelector(`[aria-label="Save ${name} as CSV"]`).click();
    }, title);
    const file = await savedFile(title.includes("fold") ? /(\S+fold_scores\.csv)/ : /(\S+learning_curve\.csv)/);
    const lines = readFileSync(file, "utf8").trim().split("\n").slice(1);
    const written = lines.map((line) => line.split(",").at(-1));
    assert.deepEqual(
      written.map((value) => (value === "" ? null : Number(value))),
      points,
    );
  }
  await everyoneCanUse("a run with a search");
  // As the form was.
  await press("search-on");
  await pick('[aria-label="Split"] [data-testid="param-kind"]', "Chronological");
});

test("every recent run shows its control and p beside its score", async () => {
  const listed = algom("models", "list");
  const shown = await browser.execute(() =>
    [...document.querySelectorAll('[data-testid="recent-run"]')].map((run) => run.textContent),
  );
  assert.equal(shown.length, listed.length);
  assert.ok(
    shown.every((text) => /control −?[\d.]+, p = [\d.]+/.test(text)),
    shown.join("\n"),
  );
});

/** The runs of the list, as the page holds them. */
const runsShown = () =>
  browser.execute(() =>
    [...document.querySelectorAll('[data-testid="run-row"]')].map((row) => ({
      id: row.getAttribute("data-id"),
      score: Number(row.querySelector('[data-testid="run-score"]').getAttribute("data-value")),
    })),
  );

/** Writes into a field and presses Enter. */
async function enter(id, text) {
  const field = byId(id);
  await field.waitForDisplayed(WAIT);
  await field.setValue(text);
  await browser.keys("Enter");
}

test("the Models page lists the runs of the command line", async () => {
  await click("nav-models");
  await byId("run-row").waitForDisplayed(WAIT);
  const listed = algom("models", "list");
  assert.ok(listed.length >= 2);
  assert.deepEqual(
    await runsShown(),
    listed.map(({ model_execution_id, rsquared }) => ({ id: model_execution_id, score: rsquared })),
  );
  await byId("score-rsquared").waitForDisplayed(WAIT);
  await photograph("models");
});

test("a tag, a note and an alias given in the window are those of the command line", async () => {
  await browser.$(`[data-testid="run-row"][data-id="${run}"]`).click();
  await browser.waitUntil(async () => (await dataOf("model-run-id")) === run, WAIT);
  await enter("add-tag", "baseline");
  await byId("tag-baseline").waitForDisplayed(WAIT);
  await byId("note").setValue("before costs");
  await click("make-champion");
  await byId("alias-champion").waitForDisplayed(WAIT);
  const shown = algom("models", "show", "champion");
  assert.deepEqual([shown.model_execution_id, shown.tags, shown.note], [run, ["baseline"], "before costs"]);
  await browser.$("button=Lineage").click();
  await byId("lineage").waitForDisplayed(WAIT);
  await photograph("models-lineage");
});

test("two runs are compared side by side", async () => {
  const other = (await runsShown()).find(({ id }) => id !== run).id;
  for (const id of [run, other]) {
    await browser.$(`[data-testid="run-row"][data-id="${id}"] [data-testid="check-run"]`).click();
  }
  await click("compare");
  await byId("differences").waitForDisplayed(WAIT);
  const { rows } = algom("models", "compare", run, other);
  const shown = await browser.execute(() => document.querySelectorAll('[data-testid^="differs-"]').length);
  assert.equal(shown, rows.length);
  await browser.waitUntil(async () => (await browser.$$('[aria-label="Score against control"]').length) === 2, WAIT);
  await photograph("models-compare");
  await browser.execute(() => document.querySelector('[aria-label="Score against control"]').scrollIntoView());
  await photograph("models-compare-charts");
  await click("end-comparison");
});

test("a model is exported as ONNX and JSON, and a file is replaced only when told to", async () => {
  await byId("run-row").waitForDisplayed(WAIT);
  await browser.$(`[data-testid="run-row"][data-id="${run}"]`).click();
  await browser.waitUntil(async () => (await dataOf("model-run-id")) === run, WAIT);
  const path = (ending) => join(folder, `model.${ending}`);
  for (const ending of ["onnx", "json"]) {
    await click("export-model");
    await byId("export-path").waitForDisplayed(WAIT);
    if (ending === "json") await browser.$("label=JSON").click();
    await fill("export-path", path(ending));
    if (ending === "onnx") {
      writeFileSync(path(ending), "mine");
      await click("export-now");
      await byId("replace-model").waitForDisplayed(WAIT);
      assert.equal(readFileSync(path(ending), "utf8"), "mine");
      writeFileSync(join(SCREENSHOTS, "models-export.png"), await screenshot());
      await everyoneCanUse("the export of a model");
      await click("replace-model");
    } else await click("export-now");
    await gone("export-path");
    const other = join(folder, `other.${ending}`);
    algom("models", "export", run, "--out", other);
    assert.deepEqual(readFileSync(path(ending)), readFileSync(other));
  }
});

test("a deleted run is back after Undo", async () => {
  const before = await (async () => {
    await byId("run-row").waitForDisplayed(WAIT);
    return runsShown();
  })();
  await browser.$(`[data-testid="run-row"][data-id="${run}"]`).click();
  await byId("alias-champion").waitForDisplayed(WAIT);
  await click("delete-run");
  await click("delete-forced");
  await byId("undo-delete").waitForDisplayed(WAIT);
  await browser.waitUntil(async () => (await runsShown()).length === before.length - 1, WAIT);
  assert.equal(algom("models", "list", "--trash")[0].model_execution_id, run);
  await photograph("models-deleted");
  await click("undo-delete");
  await browser.waitUntil(async () => (await runsShown()).length === before.length, WAIT);
  assert.equal(algom("models", "show", "champion").model_execution_id, run);
});

test("new rows are predicted from the page", async () => {
  await click("predict");
  await byId("predict-table").waitForDisplayed(WAIT);
  await byId("predict-table").setValue("predictions.e2e");
  await click("predict-now");
  const link = browser.$("a=Open the result");
  await link.waitForDisplayed(WAIT);
  const [[rows]] = algom("query", "SELECT COUNT(*) FROM predictions.e2e").rows;
  assert.ok(rows > 100);
  await link.click();
  await byId("grid").waitForDisplayed(WAIT);
});

test("a running job is cancelled, and the workspace stays whole", async () => {
  const before = algom("tables").map(({ rows, bytes, ...name }) => ({ rows, ...name, modified: "" }));
  await click("nav-train");
  const repeats = byId("param-repeats");
  await repeats.waitForDisplayed(WAIT);
  await repeats.setValue("5000");
  await click("train-button");
  await click("nav-jobs");
  const cancel = browser.$('[data-testid="job-row"][data-state="running"] [data-testid="cancel-job"]');
  await cancel.waitForClickable(WAIT);
  await photograph("jobs-running");
  await cancel.click();
  const row = browser.$('[data-testid="job-row"]');
  await browser.waitUntil(async () => (await row.getAttribute("data-state")) === "cancelled", WAIT);
  assert.match(await row.getText(), /Cancelled/);
  const after = algom("tables").map(({ rows, bytes, ...name }) => ({ rows, ...name, modified: "" }));
  assert.deepEqual(after, before);
  const [job] = algom("jobs", "list");
  assert.equal(job.state, "cancelled");
  await browser.pause(4500);
  await photograph("jobs");
});

/** The cells of a grid by row and column, as the page holds them. */
const cellsOf = (id) =>
  browser.execute(
    (grid) =>
      [...document.querySelectorAll(`[data-testid="${grid}"] [role="gridcell"]`)].map((cell) => ({
        row: Number(cell.closest("[aria-rowindex]").getAttribute("aria-rowindex")) - 2,
        column: Number(cell.getAttribute("aria-colindex")) - 1,
        full: cell.title,
      })),
    id,
  );

/** Compares what a grid shows with what a query gives; at least so many cells must show. */
async function agree(id, { columns, rows }, least) {
  await browser.$(`[data-testid="${id}"] [role="gridcell"]`).waitForDisplayed(WAIT);
  await browser.waitUntil(
    async () => !(await browser.$(`[data-testid="${id}"] [data-waiting="true"]`).isExisting()),
    WAIT,
  );
  const compared = (await cellsOf(id)).filter((cell) => cell.row < rows.length);
  assert.ok(compared.length >= least, `only ${compared.length} cells show`);
  for (const { row, column, full } of compared) {
    const expected = rows[row][column];
    const where = `row ${row}, ${columns[column].name}`;
    if (expected === null) assert.equal(full, "No value (NULL)", where);
    else if (typeof expected === "number") assert.equal(Number(full), expected, where);
    else if (columns[column].type === "TIMESTAMP")
      assert.equal(Date.parse(full.replace(" UTC", "Z").replace(" ", "T")), Date.parse(expected), where);
    else assert.equal(full, String(expected), where);
  }
}

let bars = "";
test("the grid shows the rows that a query gives", async () => {
  await click("nav-data");
  const { project, dataset, table } = algom("tables").find((info) => info.dataset === "features");
  await click(`table-${dataset}.${table}`);
  await agree("grid", algom("query", `SELECT * FROM \`${project}.${dataset}.${table}\` LIMIT 10`), 50);
  await photograph("data");
});

test("a click on a header sorts the whole table by it", async () => {
  const { project, dataset, table } = algom("tables").find(({ table: name }) => name.startsWith("bars"));
  bars = `${project}.${dataset}.${table}`;
  await click(`table-${dataset}.${table}`);
  await browser.$('[data-testid="grid"] [data-column="close"]').waitForDisplayed(WAIT);
  for (const [order, direction] of [
    ["ascending", "ASC"],
    ["descending", "DESC"],
  ]) {
    await click("sort-close");
    await browser.$(`[data-testid="grid"] [data-column="close"][aria-sort="${order}"]`).waitForExist(WAIT);
    // Only the key: rows of equal closes may stand in either order.
    const { rows } = algom("query", `SELECT close FROM \`${bars}\` ORDER BY close ${direction} LIMIT 10`);
    const at = await browser.$('[data-testid="grid"] [data-column="close"]').getAttribute("aria-colindex");
    await browser.waitUntil(
      async () => {
        const shown = (await cellsOf("grid")).filter(({ row, column }) => row < 10 && column === Number(at) - 1);
        const closes = shown.sort((a, b) => a.row - b.row).map(({ full }) => Number(full));
        return JSON.stringify(closes) === JSON.stringify(rows.map(([close]) => close));
      },
      { ...WAIT, timeoutMsg: `the ten ${order} closes are not those of the query` },
    );
  }
  await photograph("data-sorted");
  // As it was written again.
  await click("sort-close");
});

test("every column of bars shows whole", async () => {
  const hidden = await browser.execute(() => {
    const grid = document.querySelector('[data-testid="grid"]');
    return grid.scrollWidth - grid.clientWidth;
  });
  assert.equal(hidden, 0);
});

test("a column's profile is what a query gives", async () => {
  await click("tab-profile");
  const line = byId("profile-close");
  await line.waitForDisplayed(WAIT);
  const [[least, most, missing]] = algom(
    "query",
    `SELECT MIN(close), MAX(close), COUNTIF(close IS NULL) FROM \`${bars}\``,
  ).rows;
  await line.$("button").click();
  const facts = byId("column-profile");
  await facts.waitForDisplayed(WAIT);
  const text = await facts.getText();
  const shown = (name) => Number(new RegExp(`${name}\\s*([\\d,.]+)`).exec(text)?.[1].replaceAll(",", ""));
  // The page rounds to the column's decimals.
  assert.ok(Math.abs(shown("Min") - least) < 0.01, `the least is ${shown("Min")}, not ${least}`);
  assert.ok(Math.abs(shown("Max") - most) < 0.01, `the most is ${shown("Max")}, not ${most}`);
  assert.equal(shown("Missing"), missing);
  await photograph("data-profile");
});

test("a query in the editor gives the rows of the command line", async () => {
  const sql = `SELECT ticker, COUNT(*) AS bars, MAX(close) AS highest FROM \`${bars}\` GROUP BY ticker ORDER BY ticker`;
  await click("new-query");
  const text = browser.$(".cm-content");
  await text.waitForDisplayed(WAIT);
  // The driver's keys know no capitals here; the editor takes the text as if it were pasted.
  await browser.execute((pasted) => {
    document.querySelector(".cm-content").focus();
    document.execCommand("selectAll");
    document.execCommand("insertText", false, pasted);
  }, sql);
  await byId("sql-estimate").waitForDisplayed(WAIT);
  await click("run-query");
  await byId("result-grid").waitForDisplayed(WAIT);
  const expected = algom("query", sql);
  assert.equal(await numberOf("result-words"), expected.rows.length);
  await agree("result-grid", expected, 2 * expected.rows.length);
  await photograph("data-query");
});

test("a query that is wrong says where and what to do", async () => {
  await browser.execute((pasted) => {
    document.querySelector(".cm-content").focus();
    document.execCommand("selectAll");
    document.execCommand("insertText", false, pasted);
  }, `SELECT clse FROM \`${bars}\``);
  await byId("sql-problem").waitForDisplayed(WAIT);
  assert.match(await byId("sql-problem").getText(), /clse/);
  await browser.$(".cm-lintRange-error").waitForExist(WAIT);
  await photograph("data-query-wrong");
});

test("the import wizard turns a CSV into a table", async () => {
  const days = Array.from({ length: 30 }, (_, i) => new Date(Date.UTC(2026, 0, 5 + i)).toISOString().slice(0, 10));
  const lines = days.map((day, i) => `${day},E2E,${100 + i},${101 + i},${99 + i},${100.5 + i},${1000 + i}`);
  const file = join(folder, "e2e bars.csv");
  writeFileSync(file, ["Date,Ticker,Open,High,Low,Close,Volume", ...lines, ""].join("\n"));
  await click("import");
  await byId("import-files").setValue(file);
  await click("import-next");
  await byId("preview").waitForDisplayed(WAIT);
  await seen(/2026-01-05T00:00:00\.000000Z\s+E2E\s+100\.0\s+101\.0\s+99\.0\s+100\.5/);
  await photograph("import-format");
  await click("import-next");
  await byId("import-interval").setValue("1d");
  await photograph("import-columns");
  await click("import-next");
  await byId("import-check").waitForDisplayed(WAIT);
  await seen(/30 rows can be imported\./);
  await photograph("import-check");
  await click("import-next");
  await byId("import-table").setValue("market.e2e_bars");
  await click("import-button");
  await seen(/30 rows are in local\.market\.e2e_bars/);
  const [[rows, total]] = algom("query", "SELECT COUNT(*), SUM(close) FROM market.e2e_bars").rows;
  assert.deepEqual([rows, total], [30, 30 * 100.5 + (29 * 30) / 2]);
  await browser.$("button=Open the table").click();
  await byId("table-market.e2e_bars").waitForDisplayed(WAIT);
  await seen(/30 rows, \d+ columns/);
});

/** A pane of the chart as it shows on the screen; 0 is that of the candles. */
async function paneOf(place) {
  await browser.pause(700);
  const box = await browser.execute((nth) => {
    const drawn = [...document.querySelectorAll('[data-testid="feature-chart"] td:nth-child(2) canvas:first-of-type')];
    const { x, y, width, height } = drawn.filter((canvas) => canvas.offsetHeight > 40)[nth].getBoundingClientRect();
    // Without the names at its top, which are no part of the drawing.
    return { x: Math.ceil(x), y: Math.ceil(y) + 30, width: Math.floor(width), height: Math.floor(height) - 30 };
  }, place);
  return picture(Buffer.from(await browser.takeScreenshot(), "base64"), box);
}

/** Writes over what a field holds, as a paste does: the driver's own way empties it without telling the page. */
async function fill(id, value) {
  await byId(id).waitForDisplayed(WAIT);
  await browser.execute(
    (test, text) => {
      const input = document.querySelector(`[data-testid="${test}"]`);
      input.focus();
      input.select();
      document.execCommand("insertText", false, text);
    },
    id,
    value,
  );
}

test("an indicator of the catalogue shows in a pane below the candles", async () => {
  await browser.execute((table) => {
    window.location.hash = `#/features/${encodeURIComponent(table)}`;
  }, bars);
  const chart = byId("feature-chart");
  await chart.waitForExist(WAIT);
  assert.equal(await chart.getAttribute("data-panes"), "0");
  await fill("indicator-search", "ta.rsi");
  await seen(/Wilder 1978/);
  await click("add-feature");
  await browser.$('[data-testid="entry"][data-id="ta.rsi"]').waitForExist(WAIT);
  await browser.waitUntil(async () => (await chart.getAttribute("data-panes")) === "1", WAIT);
  for (const place of [0, 1]) {
    const { colours, groundShare } = await paneOf(place);
    assert.ok(colours > 3 && groundShare < 0.995, `pane ${place} is blank: ${groundShare} of it is one colour`);
  }
});

test("an entry that is wrong says so at its card, and the others stand", async () => {
  await fill("indicator-search", "algom.ror");
  await seen(/the framework's ROR/);
  await click("add-feature");
  await fill("param-n", "-10");
  await byId("entry-problem").waitForDisplayed(WAIT);
  await seen(/ROR_n10/);
  assert.ok(await byId("legend-RSI_14").isExisting());
  await browser.$("button=to labels").click();
  await gone("entry-problem");
  await byId("legend-ROR_n10").waitForExist(WAIT);
});

test("the recipe runs into a table whose last values are those on the candles", async () => {
  await fill("recipe-name", "e2e");
  await click("save-recipe");
  await browser.waitUntil(async () => (await byId("recipe-state").getText()) === "saved", WAIT);
  await click("run-recipe");
  await fill("run-table", "features.e2e");
  await click("run-now");
  await byId("run-done").waitForDisplayed(WAIT);
  const [[rows]] = algom("query", `SELECT COUNT(*) FROM \`${bars}\``).rows;
  assert.deepEqual(algom("query", "SELECT COUNT(*), COUNTIF(ROR_n10 IS NULL) > 0 FROM features.e2e").rows, [
    [rows, true],
  ]);
  const ticker = await byId("bars-ticker").getValue();
  const last = `SELECT RSI_14 FROM features.e2e WHERE ticker = '${ticker}' ORDER BY ticker_time DESC LIMIT 1`;
  assert.equal(await numberOf("legend-RSI_14"), algom("query", last).rows[0][0]);
  await browser.pause(4500);
  await photograph("features");
});

test("the check of the recipe is that of the command line", async () => {
  await click("check-recipe");
  await byId("check-words").waitForDisplayed(WAIT);
  const found = algom("check-lookahead", join(sample, "recipes", "e2e.toml"), "--from", bars);
  assert.deepEqual([found.columns_checked, found.looks_ahead], [1, []]);
  assert.equal(await byId("check-words").getText(), "The one column does not look ahead.");
  await photograph("features-check");
  await click("correlate");
  await byId("correlation").waitForDisplayed(WAIT);
  await seen(/Rank correlation of 2 columns/);
  await photograph("features-correlation");
  await choose("colours-colour_blind");
  for (const [format, start] of [
    ["svg", "<svg "],
    ["png", "\x89PNG"],
  ]) {
    await press(`save-correlation-${format}`);
    const file = await savedFile(new RegExp(`(\\S+correlation e2e\\.${format})`));
    assert.ok(readFileSync(file, "latin1").startsWith(start), file);
  }
  await choose("colours-usual");
});

test("a changed period is drawn at once on 5,000 bars", async () => {
  const start = Date.UTC(2000, 0, 1);
  const lines = Array.from({ length: 6000 }, (_, i) => {
    const close = 100 + 20 * Math.sin(i / 40) + 5 * Math.sin(i / 7);
    const day = new Date(start + i * 86_400_000).toISOString().slice(0, 10);
    return [day, "LONG", close - 0.5, close + 1, close - 1, close, 1000 + i].join(",");
  });
  const file = join(folder, "long.csv");
  writeFileSync(file, ["Date,Ticker,Open,High,Low,Close,Volume", ...lines, ""].join("\n"));
  algom("import", file, "--table", "market.e2e_long");
  // The page asks for the tables when it opens.
  await click("nav-start");
  await click("nav-features");
  await browser.execute(() => {
    window.location.hash = "#/features/local.market.e2e_long";
  });
  const chart = byId("feature-chart");
  await chart.waitForExist(WAIT);
  await browser.waitUntil(async () => (await byId("bars-ticker").getValue()) === "LONG", WAIT);
  await browser.$("label=5,000").click();
  await browser.waitUntil(async () => (await chart.getAttribute("data-bars")) === "5000", WAIT);
  await browser.$('[data-testid="entry"][data-id="ta.rsi"] [data-entry]').click();
  await byId("param-timeperiod").waitForDisplayed(WAIT);
  const drawnAt = () => browser.execute(() => performance.getEntriesByName("features-redraw").at(-1)?.startTime ?? 0);
  const times = [];
  for (const period of ["15", "16", "17", "18", "19", "20", "21"]) {
    const before = await drawnAt();
    await browser.execute(() => {
      window.addEventListener(
        "input",
        () => {
          window.changedAt = performance.now();
        },
        { capture: true, once: true },
      );
    });
    await fill("param-timeperiod", period);
    await browser.waitUntil(async () => (await drawnAt()) > before, WAIT);
    times.push(
      await browser.execute(() => {
        const { startTime, duration } = performance.getEntriesByName("features-redraw").at(-1);
        return startTime + duration - window.changedAt;
      }),
    );
  }
  await byId("legend-RSI_21").waitForExist(WAIT);
  const median = times.sort((a, b) => a - b)[3];
  console.log(`      a change was drawn after ${median.toFixed(0)} ms, the median of ${times.length}`);
  assert.ok(median < 2000, `a change was drawn after ${median} ms`);
  await browser.execute((table) => {
    window.location.hash = `#/features/${encodeURIComponent(table)}`;
  }, bars);
});

test("the recipe shows on several tickers side by side", async () => {
  await browser.waitUntil(async () => (await byId("bars-ticker").getValue()) === "AAPL", WAIT);
  await fill("indicator-search", "algom.keltner");
  await seen(/Keltner 1960/);
  await click("add-feature");
  await byId("legend-KelChM_20").waitForExist(WAIT);
  await browser.$("label=Tickers").click();
  const charts = () =>
    browser.execute(
      () => document.querySelectorAll('[data-testid="ticker-chart"][data-overlays="3"][data-panes="1"]').length,
    );
  await browser.waitUntil(async () => (await charts()) === 4, WAIT);
  await browser.pause(700);
  const png = await screenshot();
  const boxes = await browser.execute(() =>
    [...document.querySelectorAll('[data-testid="ticker-chart"]')].map((chart) => {
      const { x, y, width, height } = chart.getBoundingClientRect();
      return { x: Math.ceil(x), y: Math.ceil(y), width: Math.floor(width), height: Math.floor(height) };
    }),
  );
  for (const [i, box] of boxes.entries()) {
    const { colours, groundShare } = picture(png, box);
    assert.ok(colours > 10 && groundShare < 0.99, `chart ${i} is blank: ${groundShare} of it is one colour`);
  }
  await photograph("features-tickers");
  await choose("colours-colour_blind");
  await photograph("features-tickers-blue");
  await choose("colours-usual");
  await click("open-IBM");
  await browser.waitUntil(async () => (await byId("bars-ticker").getValue()) === "IBM", WAIT);
  await byId("feature-chart").waitForExist(WAIT);
  await photograph("features-overlay");
});

test("a narrow window has the recipe in a drawer", async () => {
  await browser.setWindowSize(1000, 800);
  await byId("show-details").waitForDisplayed(WAIT);
  assert.equal(await byId("run-recipe").isExisting(), false);
  await browser.execute(() => document.querySelector('[data-testid="show-details"]').focus());
  await browser.keys(["Enter"]);
  await byId("run-recipe").waitForDisplayed(WAIT);
  await browser.pause(700);
  writeFileSync(join(SCREENSHOTS, "features-narrow.png"), await screenshot());
  await everyoneCanUse("the drawer");
  await browser.keys(["Escape"]);
  await gone("run-recipe");
  const focused = () => browser.execute(() => document.activeElement?.dataset.testid);
  await browser.waitUntil(async () => (await focused()) === "show-details", WAIT);
  await browser.setWindowSize(1280, 800);
  await byId("run-recipe").waitForDisplayed(WAIT);
});

test("the Features page can be used by everyone", async () => {
  await everyoneCanUse("the chart");
  for (const view of ["Tickers", "Check", "Correlation"]) {
    await browser.$(`label=${view}`).click();
    await browser.pause(500);
    await everyoneCanUse(view);
  }
  await browser.$("label=Chart").click();
  await click("run-recipe");
  await byId("run-table").waitForDisplayed(WAIT);
  await everyoneCanUse("a dialog");
  await browser.keys(["Escape"]);
  await gone("run-table");
});

test("the other pages can be used by everyone", async () => {
  for (const page of ["start", "train", "jobs", "data"]) {
    await click(`nav-${page}`);
    await browser.pause(500);
    await everyoneCanUse(page);
  }
  await browser.execute((table) => {
    window.location.hash = `#/data/${encodeURIComponent(table)}`;
  }, bars);
  await browser.$('[data-testid="grid"] [role="gridcell"]').waitForDisplayed(WAIT);
  await click("tab-profile");
  await byId("profile-close").waitForDisplayed(WAIT);
  await everyoneCanUse("a profile");
  await browser.$('[data-testid="query-tab"]').click();
  await browser.$(".cm-content").waitForDisplayed(WAIT);
  await everyoneCanUse("a query");
});

test("a run and a menu can be used by everyone", async () => {
  await browser.execute((id) => {
    window.location.hash = `#/train/${id}`;
  }, run);
  await byId("score-rsquared").waitForDisplayed(WAIT);
  await browser.$("button=table").click();
  await everyoneCanUse("a run");
  await click("looks");
  await byId("theme-dark").waitForDisplayed(WAIT);
  assert.deepEqual(await violations(), []);
  // A menu opens with the focus on its first item, the arrows walk, Escape closes.
  await browser.keys(["ArrowDown"]);
  assert.equal(await browser.execute(() => document.activeElement?.dataset.testid), "theme-dark");
  await browser.keys(["Escape"]);
  await gone("theme-dark");
});

/** Keeps what the application answers to the page from now on. */
const listen = () =>
  browser.execute(() => {
    window.answered = [];
    const asked = window.fetch;
    window.fetch = async (...request) => {
      const response = await asked(...request);
      if (String(request[0]).startsWith("ipc:")) window.answered.push(await response.clone().text());
      return response;
    };
  });

/** Every file below a folder. */
const filesBelow = (at) =>
  readdirSync(at, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** The command lines of every process. */
const processes = () =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((id) => {
      try {
        return readFileSync(`/proc/${id}/cmdline`, "utf8");
      } catch {
        return "";
      }
    });

const settingsFile = () => readFileSync(join(sample, "algomosaic.toml"), "utf8");

test("a key is connected with by its file, which is deleted, and its secret shows nowhere", async () => {
  if (keyring === null) return;
  const file = join(folder, "key.json");
  writeFileSync(file, JSON.stringify(identity.key));
  await click("nav-settings");
  await byId("connect-way").waitForDisplayed(WAIT);
  await photograph("settings-unconnected");
  await listen();
  await browser.$("label=Key file").click();
  await fill("connect-file", file);
  await fill("connect-bucket", "models");
  await everyoneCanUse("the connection's form");
  await click("connect");
  await byId("delete-key").waitForClickable(WAIT);
  await byId("permissions").waitForDisplayed(WAIT);
  await photograph("settings-connected");
  await everyoneCanUse("the connection");
  await click("delete-key");
  await seen(/key\.json is deleted/);
  assert.equal(existsSync(file), false);
  const shown = await pageText();
  assert.match(shown, /Connected as writer@my-project\.iam\.gserviceaccount\.com/);
  const words = await browser.execute(() =>
    [...document.querySelectorAll('[data-testid="permissions"] tbody tr')].map((row) => [
      row.cells[2].textContent,
      row.cells[1].textContent.trim(),
    ]),
  );
  assert.ok(words.length > 9);
  for (const [name, word] of words) assert.equal(word, identity.granted.includes(name) ? "yes" : "missing", name);
  const answers = await browser.execute(() => window.answered);
  assert.ok(
    answers.some((answer) => answer.includes(identity.account)),
    "the page's answers were not heard",
  );
  const kept = filesBelow(folder).filter((path) => !path.includes("keyrings"));
  assert.ok(kept.some((path) => path.endsWith("google-cloud.toml")));
  assert.ok(identity.secrets.length > 20);
  const places = [
    ["the page", [shown]],
    ["an answer to the page", answers],
    ["the terminal", said],
    ["a command line", processes()],
    ...kept.map((path) => [path, [readFileSync(path, "latin1")]]),
  ];
  for (const [place, texts] of places) {
    for (const secret of identity.secrets)
      assert.ok(!texts.some((text) => text.includes(secret)), `${place} holds a secret`);
  }
});

test("the warehouse is chosen with what changes, and a limit that is none is refused at its field", async () => {
  await click("nav-settings");
  await click("settings-warehouse");
  await byId("setting-project").waitForDisplayed(WAIT);
  const before = settingsFile();
  await press("warehouse-embedded");
  await byId("warehouse-changes").waitForDisplayed(WAIT);
  await fill("setting-project", "proj");
  await fill("setting-max_bytes", "10");
  await press("save-settings");
  await seen(/"10" is no size/);
  await photograph("settings-refused");
  await everyoneCanUse("the warehouse's settings");
  assert.equal(settingsFile(), before);
  await fill("setting-max_bytes", "20GB");
  await press("save-settings");
  await seen(/As saved in/);
  const after = settingsFile();
  assert.ok(after.includes('warehouse = "embedded"') && after.includes('max_bytes = "20GB"'), after);
  for (const line of before.split("\n")) assert.ok(after.includes(line), `the file lost: ${line}`);
  await photograph("settings-warehouse");
});

test("both warehouses stand in one tree, and a query on BigQuery says what it costs before and after", async () => {
  if (bigquery === null) return;
  algom("query", "CREATE TABLE proj.market.e2e_there AS SELECT * FROM local.market.e2e_bars");
  await click("nav-data");
  await byId("project-proj").waitForDisplayed(WAIT);
  await byId("table-market.e2e_there").waitForDisplayed(WAIT);
  await byId("table-market.e2e_bars").waitForDisplayed(WAIT);
  await click("table-market.e2e_there");
  await agree("grid", algom("query", "SELECT * FROM local.market.e2e_bars"), 50);
  await click("new-query");
  await browser.waitUntil(async () => (await browser.$$(".cm-content").length) > 0, WAIT);
  const sql = "SELECT COUNT(*) AS n, SUM(close) AS total FROM `proj.market.e2e_there`";
  await browser.execute((pasted) => {
    const editors = [...document.querySelectorAll(".cm-content")];
    editors.find((editor) => editor.closest("[aria-hidden='true']") === null).focus();
    document.execCommand("selectAll");
    document.execCommand("insertText", false, pasted);
  }, sql);
  const ofShown = (id) => browser.$(`[role="tabpanel"][aria-hidden="false"] [data-testid="${id}"]`);
  await ofShown("sql-estimate").waitForDisplayed(WAIT);
  assert.match(await ofShown("sql-estimate").getText(), /^BigQuery reads .+, about US\$/);
  await ofShown("run-query").click();
  await ofShown("result-cost").waitForDisplayed(WAIT);
  const { rows } = algom("query", sql);
  assert.deepEqual(rows, [[30, 30 * 100.5 + (29 * 30) / 2]]);
  await agree("result-grid", algom("query", sql), 2);
  await photograph("data-bigquery");
});

test("a BigQuery that cannot be reached is a line with its reason, and the embedded tables work", async () => {
  if (bigquery === null) return;
  await bigquery.end();
  await click("nav-settings");
  await click("settings-warehouse");
  await fill("setting-copy_limit", "1GB");
  await press("save-settings");
  await seen(/As saved in/);
  await click("nav-data");
  await byId("bigquery-failed").waitForDisplayed(WAIT);
  assert.match(await byId("bigquery-failed").getText(), /cannot be reached/);
  await click("table-market.e2e_bars");
  await agree("grid", algom("query", "SELECT * FROM local.market.e2e_bars"), 50);
  await photograph("data-bigquery-away");
  await everyoneCanUse("a warehouse that is away");
});

test("a connection is forgotten when the question is answered so", async () => {
  await click("nav-settings");
  if (keyring !== null) {
    await click("settings-connection");
    await click("remove-connection");
    await byId("remove-now").waitForDisplayed(WAIT);
    await browser.pause(300);
    await everyoneCanUse("the question before a connection is forgotten");
    await click("remove-now");
    await seen(/is forgotten/);
    assert.equal(existsSync(join(home, "config", "google-cloud.toml")), false);
    const found = spawnSync("secret-tool", ["search", "--all", "service", "algomosaic"], { encoding: "utf8", env });
    if (found.error === undefined) assert.equal(found.stdout, "");
  }
  await click("settings-warehouse");
  await press("warehouse-off");
  await press("save-settings");
  await seen(/As saved in/);
  await seen(/embedded · sample/);
});

test("the workspace shows on the Start page when it was used", async () => {
  await click("nav-start");
  await seen(/Recent workspaces/i);
  await photograph("start");
});

let [passed, failed] = [0, 0];
try {
  for (const [fact, work] of tests) {
    const started = performance.now();
    let timer;
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took more than ${LIMIT_MS / 1000} s`)), LIMIT_MS);
    });
    try {
      await Promise.race([work(), late]);
      passed += 1;
      console.log(`ok    ${fact} (${((performance.now() - started) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${fact}\n${error.stack}`);
      const png = await screenshot().catch(() => "");
      writeFileSync(join(SCREENSHOTS, "failed.png"), png);
      console.log(await pageText().catch(() => "the page does not answer"));
      // What follows builds on it.
      break;
    } finally {
      clearTimeout(timer);
    }
  }
} finally {
  await close();
  identity.close();
}
console.log(`window: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
