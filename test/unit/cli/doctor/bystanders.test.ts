import { expect, test } from "vitest";
import { findBystanders } from "../../../../src/cli/doctor/bystanders.ts";

const namesOf = (...headers: (readonly [string, string])[]): string[] =>
  findBystanders(headers).map(({ name }) => name);

test.each([
  [[["Server", "nginx"]], ["nginx"]],
  [[["server", "openresty/1.21"]], ["nginx"]],
  [
    [
      ["CF-RAY", "8f"],
      ["Server", "cloudflare"],
    ],
    ["Cloudflare"],
  ],
  [[["Via", "1.1 squid (squid/5.7)"]], ["Squid"]],
  [[["Via", "1.1 somebody"]], ["a proxy that signs with Via"]],
  [
    [
      ["Server", "Longwire"],
      ["X-Powered-By", "nginx"],
    ],
    [],
  ],
  [[], []],
] as const)("%j is signed by %j", (headers, names) => {
  expect(namesOf(...headers)).toEqual(names);
});

test("each is named once, with the header that tells", () => {
  expect(
    findBystanders([
      ["x-envoy-upstream-service-time", "5"],
      ["server", "envoy"],
    ]),
  ).toEqual([{ name: "Envoy", evidence: "Server: envoy" }]);
});
