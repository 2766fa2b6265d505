// Importing the client on a server that renders pages, or in a frame where half the globals throw: nothing may be touched
// before the first line is made. The bundle is evaluated in a world whose page members are traps.
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { expect, test } from "vitest";
import { root } from "../../../support/source-scan.ts";

const harmless = {
  Event,
  EventTarget,
  MessageEvent,
  TextDecoder,
  TextEncoder,
  DOMException,
  Blob,
  URL,
  MessageChannel,
};
const traps = ["document", "navigator", "location", "sessionStorage", "localStorage", "fetch", "WebSocket"];
const moreTraps = ["addEventListener", "setTimeout", "crypto", "performance"];

test("importing the client touches neither page nor network nor clock", async () => {
  const result = await build({
    entryPoints: ["src/client/index.ts"],
    absWorkingDir: root,
    bundle: true,
    platform: "browser",
    format: "iife",
    globalName: "longwire",
    write: false,
  });
  const touched: string[] = [];
  const world: Record<string, unknown> = { ...harmless };
  for (const name of [...traps, ...moreTraps]) {
    Object.defineProperty(world, name, {
      get() {
        touched.push(name);
        throw new Error(`${name} was touched at import`);
      },
    });
  }
  const names: unknown = runInNewContext(
    `${result.outputFiles[0]?.text ?? ""}; Object.keys(longwire).sort().join()`,
    world,
  );
  expect(touched).toEqual([]);
  expect(names).toContain("Line,WebSocket");
});
