// Files of the project "unit" share their modules, the platform's members with them: one that replaces these would decide
// what the next file tests.
import { afterAll } from "vitest";
import { platform } from "../../src/base/platform.ts";

const { isUtf8 } = platform;
afterAll(() => {
  if (platform.isUtf8 !== isUtf8) throw new Error("What loads Node's platform belongs into the project unit-node.");
});
