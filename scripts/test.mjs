// `npm test`: installs what is missing, then runs every check, the quick ones first. The first that fails ends it.
// The last line counts the tests of all runners: `N passed, N failed`.
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { buildUi } from "./build-ui.mjs";
import { hasWasm, setup } from "./setup.mjs";
import { give, Refusal, root, run, seconds, step, tool } from "./steps.mjs";

const started = performance.now();
const count = { passed: 0, failed: 0 };

/** A runner of tests: what it counted is added, and a failure ends the program. */
function add({ passed, failed }, ok) {
  count.passed += passed;
  count.failed += failed;
  console.log(`   ${passed} passed, ${failed} failed`);
  if (!ok || failed > 0) throw new Refusal("tests failed");
}

/** The sum of the numbers that each match of `pattern` names `passed` and `failed`. */
function counted(output, pattern) {
  const sum = { passed: 0, failed: 0 };
  for (const { groups } of stripVTControlCharacters(output).matchAll(pattern)) {
    sum.passed += Number(groups.passed);
    sum.failed += Number(groups.failed);
  }
  return sum;
}

async function testPages() {
  const folder = join(root, "node_modules", ".cache", "algomosaic");
  const report = join(folder, "vitest.json");
  mkdirSync(folder, { recursive: true });
  rmSync(report, { force: true });
  const { ok } = await tool(
    "vitest/vitest.mjs",
    ["run", "--root", "ui", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`],
    { mayFail: true },
  );
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, "utf8"));
  add({ passed: numPassedTests, failed: numFailedTests }, ok);
}

async function testRust() {
  const { ok, output } = await run("cargo", ["test", "--workspace", "--no-fail-fast"], { mayFail: true });
  add(counted(output, /^test result: \w+\. (?<passed>\d+) passed; (?<failed>\d+) failed/gm), ok);
}

async function testWasm() {
  if (!hasWasm()) {
    const how = "install the targets with `rustup target add wasm32-unknown-unknown wasm32-wasip1`";
    if (process.env.CI) throw new Refusal(`There is no WebAssembly to test with; ${how}.`);
    console.log(`LEFT OUT: this Rust cannot build WebAssembly; ${how}.`);
    return;
  }
  const { ok, output } = await run(process.execPath, ["--no-warnings", join("tests", "wasm", "run.mjs")], {
    mayFail: true,
  });
  add(counted(output, /^wasm: (?<passed>\d+) passed, (?<failed>\d+) failed$/gm), ok);
}

async function testWindow() {
  if (process.platform !== "linux") {
    console.log(`Left out: only Linux has a driver for the window's engine, and this is ${process.platform}.`);
    return;
  }
  await run("cargo", ["build", "--workspace", "--bins"]);
  const { ok, output } = await run(process.execPath, [join("tests", "e2e", "run.mjs")], { mayFail: true });
  add(counted(output, /^window: (?<passed>\d+) passed, (?<failed>\d+) failed$/gm), ok);
}

try {
  await setup("test");
  await step("Layout of the Rust code", () => run("cargo", ["fmt", "--all", "--check"]));
  await step("Layout and lint of the scripts and pages", () =>
    tool("@biomejs/biome/bin/biome", ["ci", "--error-on-warnings"]),
  );
  await step("Types of the pages", () => tool("typescript/bin/tsc", ["--project", "ui"]));
  // Before the Rust code, which embeds them.
  await step("The window's pages", buildUi);
  await step("Tests of the pages", testPages);
  await step("Lint of the Rust code", () =>
    run("cargo", ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]),
  );
  // Among them the one that holds the pages' types fresh (src-tauri/src/bindings.rs).
  await step("Tests of the Rust code", testRust);
  await step("Indicators in WebAssembly", testWasm);
  await step("Tests of the real window", testWindow);
} catch (up) {
  if (count.failed === 0) count.failed = 1;
  give(up);
}
console.log(`\nTook ${seconds(started)}.`);
console.log(`${count.passed} passed, ${count.failed} failed`);
