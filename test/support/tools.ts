// Programs from outside npm, for tests: `describe.skipIf(chromium === undefined)`. The list is scripts/tools.mjs, which
// also installs them; with LONGWIRE_REQUIRE=all a missing one is an error here rather than a skipped test.
import { findTool } from "../../scripts/tools.mjs";

export const chromium: string | undefined = find("chromium");
export const firefox: string | undefined = find("firefox");
export const nginx: string | undefined = find("nginx");
export const haproxy: string | undefined = find("haproxy");
export const caddy: string | undefined = find("caddy");
export const curl: string | undefined = find("curl");
export const openssl: string | undefined = find("openssl");
/** The Python that can import `websocket` (websocket-client). */
export const pythonWebsocketClient: string | undefined = find("python-websocket-client");
/** The Python that can import `websockets`. */
export const pythonWebsockets: string | undefined = find("python-websockets");

function find(name: string): string | undefined {
  const program = findTool(name);
  if (program === undefined && process.env["LONGWIRE_REQUIRE"] === "all") {
    throw new Error(`The tool "${name}" is missing, and LONGWIRE_REQUIRE=all forbids skipping its tests.`);
  }
  return program;
}
