// Puts libduckdb of this platform, which npm brought, where .cargo/config.toml points the linker.
// Runs after `npm ci`; a copy and not a link, so that Windows needs no special right for it.
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";

const modules = join(import.meta.dirname, "..", "node_modules");
const from = join(modules, "@duckdb", `node-bindings-${process.platform}-${process.arch}`);
const to = join(modules, ".libduckdb");

if (!existsSync(from)) {
  console.error(
    `libduckdb for ${process.platform}-${process.arch} is missing: npm has no such build, or optional packages were left out.\n` +
      "Install again without --omit=optional.",
  );
  process.exit(1);
}
mkdirSync(to, { recursive: true });
for (const file of readdirSync(from)) {
  if (/duckdb\.(so|dylib|dll|lib)$/.test(file)) cpSync(join(from, file), join(to, file));
}
