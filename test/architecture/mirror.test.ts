// One unit test file per source file: test/unit/<floor>/<file>.test.ts stands for src/<floor>/<file>.ts. A second file for
// one source names the aspect: <file>.<aspect>.test.ts. Index files have nothing of their own to test.
import { posix } from "node:path";
import { expect, test } from "vitest";
import { filesIn } from "../support/source-scan.ts";

const floors = [
  "base",
  "protocol",
  "socket",
  "session",
  "channels",
  "transports",
  "client",
  "hub",
  "server",
  "inspector",
  "testing",
];

/** Source files without a unit test, each with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  "src/base/link.ts": "interfaces only",
  "src/base/carrier.ts": "interfaces only",
  "src/base/session.ts": "interfaces only",
  "src/channels/envelope-kind.ts": "numbers only",
  "src/channels/home.ts": "interfaces only",
  "src/client/connecting.ts": "interfaces only",
  "src/client/outbox/passage.ts": "interfaces only",
  "src/client/outbox/store.ts": "interfaces only",
  "src/client/surroundings.ts": "interfaces only",
  "src/protocol/connection-sink.ts": "interfaces only",
  "src/server/inspection/tap-entries.ts": "types only",
  "src/session/attachment-host.ts": "interface only",
  "src/session/client-owner.ts": "interfaces only",
  "src/session/gone-reason.ts": "numbers only",
  "src/session/packet-type.ts": "numbers only",
  "src/session/terms.ts": "interfaces only",
  "src/session/way.ts": "types only",
};

const sources = floors.flatMap((floor) => filesIn(`src/${floor}`, [".ts"])).map(stem);
const tests = floors.flatMap((floor) => filesIn(`test/unit/${floor}`, [".test.ts"]));
const tested = new Set(tests.map(testedSource));

test("every source file has its unit test", () => {
  const missing = sources.filter((source) => {
    return posix.basename(source) !== "index" && !tested.has(source) && exceptions[`src/${source}.ts`] === undefined;
  });
  expect(missing).toEqual([]);
});

test("every unit test stands for a source file", () => {
  const known = new Set(sources);
  expect(tests.filter((file) => !known.has(testedSource(file)))).toEqual([]);
});

test("every exception is still one", () => {
  const known = new Set(sources.filter((source) => !tested.has(source)).map((source) => `src/${source}.ts`));
  expect(Object.keys(exceptions).filter((file) => !known.has(file))).toEqual([]);
});

/** src/base/clock.ts → base/clock */
function stem(file: string): string {
  return file.replace(/^src\//, "").replace(/\.ts$/, "");
}

/** test/unit/base/clock.skew.test.ts → base/clock */
function testedSource(file: string): string {
  const name = posix.basename(file).split(".")[0] ?? "";
  return posix.join(posix.dirname(file).replace(/^test\/unit\//, ""), name);
}
