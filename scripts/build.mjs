// `npm run build`: src/ → dist/ by the compiler, the command line into one file, the pages for the browser.
// Writes only what changed, so that a running server never reads half a file.
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, extname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { runChild } from "./child.mjs";

const buildInfo = join(".cache", "src.tsbuildinfo");
/** Programs of one file each: the command line, and the threads that `longwire serve` starts for the lab. */
const programs = new Map([
  [join("dist", "cli", "longwire.js"), join("dist", "cli", "main.js")],
  [join("dist", "cli", "crowd-worker.js"), join("dist", "cli", "lab", "race", "crowd-worker.js")],
  [join("dist", "cli", "life-worker.js"), join("dist", "cli", "lab", "persist", "life-worker.js")],
]);
const staticFiles = new Set([".html", ".css", ".svg", ".png", ".ico", ".webmanifest"]);

/**
 * What is bundled of npm's packages brings its license text, once, at the end of the file: they ask for that.
 * @type {import("esbuild").Plugin}
 */
const licensesComeAlong = {
  name: "licenses-come-along",
  setup(bundle) {
    bundle.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/ }, ({ path }) => {
      const [, folder = "", name = ""] = /^(.*[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+))/.exec(path) ?? [];
      const file = ["LICENSE", "LICENSE.md", "LICENSE.txt"]
        .map((one) => join(folder, one))
        .find((one) => existsSync(one));
      if (file === undefined) return { errors: [{ text: `${name} has no license text to bring along.` }] };
      const license = readFileSync(file, "utf8").trim().replaceAll("*/", "* /");
      return { contents: `${readFileSync(path, "utf8")}\n/*! ${name}\n\n${license}\n*/\n`, loader: "js" };
    });
  },
};

/** @returns {Promise<number>} 0 when everything was built */
export async function build() {
  removeOrphans();
  const compiled = await runChild(process.execPath, ["node_modules/typescript/bin/tsc", "-b", "tsconfig.src.json"]);
  if (compiled !== 0) return compiled;
  const esbuild = await import("esbuild");
  try {
    for (const [outfile, entry] of programs) await bundleProgram(esbuild, entry, outfile);
    await bundlePages(esbuild);
    return 0;
  } catch (error) {
    // esbuild has already printed what is wrong and where; anything else is a fault of this script.
    if (!(error instanceof Error && "errors" in error)) throw error;
    return 1;
  }
}

/** Output whose source is gone leaves; a source whose output is gone makes the compiler start afresh. */
function removeOrphans() {
  const sources = new Set(filesIn("src").map((file) => relative("src", file).replace(/\.ts$/, "")));
  const outputs = filesIn("dist").filter((file) => !file.startsWith(join("dist", "web") + sep));
  for (const file of outputs) {
    const name = relative("dist", file).replace(/(\.d\.ts|\.js)(\.map)?$/, "");
    if (!sources.has(name) && !programs.has(file)) rmSync(file);
  }
  const complete = [...sources].every((name) => existsSync(join("dist", `${name}.js`)));
  if (!complete) rmSync(buildInfo, { force: true });
}

/**
 * A program inlines the npm packages it uses, so that the published package depends on none. The other floors stay
 * what they are, files in dist/: `longwire serve` runs exactly the code that users import.
 */
async function bundleProgram(
  /** @type {typeof import("esbuild")} */ esbuild,
  /** @type {string} */ entry,
  /** @type {string} */ outfile,
) {
  if (!existsSync(entry)) return;
  const root = resolve("dist", "cli");
  const result = await esbuild.build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    legalComments: "eof",
    write: false,
    logLevel: "warning",
    // CommonJS packages inside the bundle call require() for Node's own modules.
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
    plugins: [
      licensesComeAlong,
      {
        name: "other-floors-stay-outside",
        setup(bundle) {
          bundle.onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
            const target = resolve(resolveDir, path);
            const stays = target.startsWith(root + sep) || !resolveDir.startsWith(root);
            return stays ? undefined : { path: relative(root, target).split(sep).join("/"), external: true };
          });
        },
      },
    ],
  });
  for (const file of result.outputFiles) writeIfChanged(file.path, file.contents);
}

/**
 * A page is a folder web/<page>/ with an index.html, its styles, and main.ts (or main.tsx) as its only script. Styles are files
 * that index.html names, or are imported by the script: then they are one file, main.css.
 */
async function bundlePages(/** @type {typeof import("esbuild")} */ esbuild) {
  const written = new Set();
  for (const html of filesIn("web").filter((file) => file.endsWith(`${sep}index.html`))) {
    const page = dirname(html);
    const entry = ["main.ts", "main.tsx"].map((name) => join(page, name)).find((name) => existsSync(name));
    const result =
      entry === undefined
        ? undefined
        : await esbuild.build({
            entryPoints: [entry],
            outdir: join("dist", page),
            bundle: true,
            platform: "browser",
            format: "esm",
            target: ["es2022"],
            minify: true,
            sourcemap: "linked",
            legalComments: "eof",
            write: false,
            logLevel: "warning",
            plugins: [licensesComeAlong],
          });
    for (const file of result?.outputFiles ?? []) {
      writeIfChanged(file.path, file.contents);
      written.add(file.path);
    }
    const hasOwnStyles = !written.has(resolve("dist", page, "main.css"));
    for (const file of filesIn(page).filter((name) => staticFiles.has(extname(name)))) {
      if (extname(file) === ".css" && !hasOwnStyles) continue;
      const target = resolve("dist", file);
      writeIfChanged(target, readFileSync(file));
      written.add(target);
    }
  }
  for (const file of filesIn(join("dist", "web"))) if (!written.has(resolve(file))) rmSync(file);
}

/**
 * @param {string} file
 * @param {Uint8Array} contents
 */
function writeIfChanged(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, contents);
}

/** @returns {string[]} every file below a directory, none when it does not exist */
function filesIn(/** @type {string} */ directory) {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await build();
