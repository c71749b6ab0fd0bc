// The indicators in WebAssembly under Node give what they give on this machine.
import { strictEqual, ok } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WASI } from "node:wasi";

const root = join(import.meta.dirname, "..", "..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const crate = ["-p", "algomosaic-indicators"];
const cargo = (...args) => execFileSync("cargo", args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], encoding: "utf8" });

// A library for any host, then a program for WASI and the same program here.
cargo("build", "--quiet", ...crate, "--target", "wasm32-unknown-unknown", "--lib");
cargo("build", "--quiet", ...crate, "--target", "wasm32-wasip1", "--example", "catalogue_digest");
cargo("build", "--quiet", "--workspace", "--example", "catalogue_digest");
const here = execFileSync(join(target, "debug", "examples", "catalogue_digest"), { encoding: "utf8" });

const folder = mkdtempSync(join(tmpdir(), "algomosaic-wasm-"));
try {
  const out = join(folder, "out");
  const wasi = new WASI({ version: "preview1", args: ["catalogue_digest"], stdout: openSync(out, "w"), returnOnExit: true });
  const bytes = readFileSync(join(target, "wasm32-wasip1", "debug", "examples", "catalogue_digest.wasm"));
  const instance = await WebAssembly.instantiate(await WebAssembly.compile(bytes), wasi.getImportObject());
  strictEqual(wasi.start(instance), 0);
  const lines = (text) => text.trim().split("\n").map((line) => line.split(" "));
  const [ours, theirs] = [lines(here), lines(readFileSync(out, "utf8"))];
  strictEqual(theirs.length, ours.length);
  ok(ours.length > 50, "the catalogue has entries");
  // Functions such as sin come from another mathematical library there, so the last digits may differ.
  const near = (a, b) => a === b || Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1e-6);
  for (const [place, [id, output, count, sum, last]] of ours.entries()) {
    const [id2, output2, count2, sum2, last2] = theirs[place];
    strictEqual(`${id2} ${output2} ${count2}`, `${id} ${output} ${count}`);
    ok(near(Number(sum), Number(sum2)) && near(Number(last), Number(last2)), `${id} ${output}: ${sum2} for ${sum}`);
  }
  console.log(`${ours.length} outputs agree`);
  console.log("wasm: 1 passed, 0 failed");
} finally {
  rmSync(folder, { recursive: true });
}
