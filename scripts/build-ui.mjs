// Builds the window's pages into ui/dist. That folder is touched only when a page changed, since cargo builds the window
// anew whenever it is newer.
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { give, root, tool } from "./steps.mjs";

const dist = join(root, "ui", "dist");
const fresh = join(root, "node_modules", ".cache", "algomosaic", "dist");

function files(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .sort();
}

function isSame(a, b) {
  if (!existsSync(a) || !existsSync(b)) return false;
  const [inA, inB] = [files(a), files(b)];
  return (
    inA.length === inB.length &&
    inA.every((name, i) => name === inB[i] && readFileSync(join(a, name)).equals(readFileSync(join(b, name))))
  );
}

export async function buildUi() {
  await tool("vite/bin/vite.js", ["build", "ui", "--outDir", fresh, "--emptyOutDir", "--logLevel", "warn"]);
  if (isSame(fresh, dist)) {
    console.log("The pages are as they were.");
    return;
  }
  // Renamed into place, so that a build beside this one sees all pages or none.
  const coming = `${dist}.coming`;
  rmSync(coming, { recursive: true, force: true });
  cpSync(fresh, coming, { recursive: true });
  rmSync(dist, { recursive: true, force: true });
  renameSync(coming, dist);
}

if (process.argv[1] === import.meta.filename) await buildUi().catch(give);
