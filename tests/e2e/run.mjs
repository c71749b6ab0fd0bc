// Drives the real window as a person would, and checks what it shows against the command line.
// node tests/e2e/run.mjs, after `cargo build --workspace --bins`. Screenshots are kept in tests/e2e/screenshots.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { built } from "../../scripts/steps.mjs";
import { picture } from "./png.mjs";
import { openWindow } from "./window.mjs";

const SCREENSHOTS = join(import.meta.dirname, "screenshots");
/** A test takes seconds; this much on a busy machine. */
const LIMIT_MS = 120_000;
const WAIT = { timeout: 60_000, interval: 100 };

rmSync(SCREENSHOTS, { recursive: true, force: true });
mkdirSync(SCREENSHOTS, { recursive: true });

const { browser, folder, home, env, close } = await openWindow(built("algomosaic"));
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

/** What the command line answers about the same workspace. */
function algom(...args) {
  const answer = spawnSync(built("algom"), ["--workspace", sample, "--json", ...args], { encoding: "utf8", env });
  assert.equal(answer.status, 0, `algom ${args.join(" ")}: ${answer.stderr}`);
  return JSON.parse(answer.stdout);
}

/** Takes a picture of the page in both themes, and checks that each shows something on its own ground. */
async function photograph(name) {
  for (const theme of ["light", "dark"]) {
    const other = browser.$(`button[aria-label="Use the ${theme} theme"]`);
    if (await other.isExisting()) await other.click();
    // Notifications come and go, and charts are drawn after the page.
    await browser.pause(700);
    const png = Buffer.from(await browser.takeScreenshot(), "base64");
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
  await browser.$('button[aria-label="Use the light theme"]').click();
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

test("a running job is cancelled, and the workspace stays whole", async () => {
  const before = algom("tables").map(({ rows, bytes, ...name }) => ({ rows, ...name, modified: "" }));
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

test("the grid shows the rows that a query gives", async () => {
  await click("nav-data");
  const { project, dataset, table } = algom("tables").find((info) => info.dataset === "features");
  await click(`table-${dataset}.${table}`);
  await browser.$('[data-testid="grid"] [role="gridcell"]').waitForDisplayed(WAIT);
  await browser.waitUntil(async () => !(await browser.$('[data-waiting="true"]').isExisting()), WAIT);
  const { columns, rows } = algom("query", `SELECT * FROM \`${project}.${dataset}.${table}\` LIMIT 10`);
  const cells = await browser.execute(() =>
    [...document.querySelectorAll('[data-testid="grid"] [role="gridcell"]')].map((cell) => ({
      row: Number(cell.parentElement.getAttribute("aria-rowindex")) - 2,
      column: Number(cell.getAttribute("aria-colindex")) - 1,
      full: cell.title,
    })),
  );
  const compared = cells.filter((cell) => cell.row < rows.length);
  assert.ok(compared.length >= 50, `only ${compared.length} cells show`);
  for (const { row, column, full } of compared) {
    const expected = rows[row][column];
    const where = `row ${row}, ${columns[column].name}`;
    if (expected === null) assert.equal(full, "No value (NULL)", where);
    else if (typeof expected === "number") assert.equal(Number(full), expected, where);
    else if (columns[column].type === "TIMESTAMP")
      assert.equal(Date.parse(full.replace(" UTC", "Z").replace(" ", "T")), Date.parse(expected), where);
    else assert.equal(full, String(expected), where);
  }
  await photograph("data");
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
      const png = await browser.takeScreenshot().catch(() => "");
      writeFileSync(join(SCREENSHOTS, "failed.png"), Buffer.from(png, "base64"));
      console.log(await pageText().catch(() => "the page does not answer"));
      // What follows builds on it.
      break;
    } finally {
      clearTimeout(timer);
    }
  }
} finally {
  await close();
}
console.log(`window: ${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
