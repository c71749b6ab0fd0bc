// Says for which package-lock.json node_modules was installed. Written at the end of `npm ci`, read by setup.mjs.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..");
const stamp = join(root, "node_modules", ".installed");

function expected() {
  const lock = createHash("sha256")
    .update(readFileSync(join(root, "package-lock.json")))
    .digest("hex");
  return `${lock} ${process.platform}-${process.arch}\n`;
}

export function isInstalled() {
  return existsSync(stamp) && readFileSync(stamp, "utf8") === expected();
}

if (process.argv[1] === import.meta.filename) writeFileSync(stamp, expected());
