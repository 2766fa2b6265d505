// What this runtime can do, found out when a line is made and not before: a policy, a polyfill or an old browser may have
// taken the reading of streams away. Looks at names only; nothing is tried.
import { look, type Globals } from "./globals.ts";

/** Whether a response can be read while it arrives. Without it there is no `stream`, only whole answers. */
export function readsStreams(globals: Globals): boolean {
  return typeof look(globals, "ReadableStream") === "function" && hasBody(look(globals, "Response"));
}

function hasBody(response: unknown): boolean {
  if (typeof response !== "function") return false;
  const prototype: unknown = response.prototype;
  return typeof prototype === "object" && prototype !== null && "body" in prototype;
}
