// The programs of the attack suite as single files that plain Node runs: TypeScript in, one module out. Made once per test
// process, in a folder of its own that goes with it. A guard that is switched off (test/guards.ts) is off in them too.
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { switchOff } from "../../guards/guard.ts";
import { guards } from "../../guards/guards.ts";

export type ProgramName = "target-program" | "control-program";

let folder: string | undefined;
const made = new Map<ProgramName, Promise<string>>();

/** The file to run. */
export function program(name: ProgramName): Promise<string> {
  let file = made.get(name);
  if (file === undefined) {
    file = bundle(name);
    made.set(name, file);
  }
  return file;
}

async function bundle(name: ProgramName): Promise<string> {
  if (folder === undefined) {
    const own = mkdtempSync(join(tmpdir(), "longwire-attack-"));
    folder = own;
    process.once("exit", () => rmSync(own, { recursive: true, force: true }));
  }
  const outfile = join(folder, `${name}.mjs`);
  await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    sourcemap: "inline",
    logLevel: "error",
    plugins: guardPlugins(),
  });
  return outfile;
}

function guardPlugins(): Plugin[] {
  const index = process.env["LONGWIRE_GUARD"];
  const guard = index === undefined ? undefined : guards[Number(index)];
  if (guard === undefined) return [];
  return [
    {
      name: "longwire-guard",
      setup({ onLoad }) {
        onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, async ({ path }) => {
          if (!path.replaceAll("\\", "/").endsWith(`/src/${guard.file}`)) return undefined;
          return { contents: switchOff(guard, await readFile(path, "utf8")), loader: "ts" };
        });
      },
    },
  ];
}
