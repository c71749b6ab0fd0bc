// An environment of Python with the peers that a folder of tests lists in its requirements.txt.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { root, run } from "./steps.mjs";

/** Where such a folder of tests keeps its environment and its data. */
export const cacheOf = (name) => join(homedir(), ".cache", "algomosaic", name);

/** Installs what tests/`name`/requirements.txt lists, unless it is there, and answers with the Python that has it. */
export async function installPeers(name) {
  const environment = join(cacheOf(name), "venv");
  const python = join(environment, "bin", "python");
  const list = join(root, "tests", name, "requirements.txt");
  const wanted = readFileSync(list, "utf8");
  const stamp = join(environment, "installed.txt");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    await run("python3", ["-m", "venv", "--clear", environment]);
    await run(python, ["-m", "pip", "install", "--quiet", "-r", list]);
    writeFileSync(stamp, wanted);
  }
  return python;
}
