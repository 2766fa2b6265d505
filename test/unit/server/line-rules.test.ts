import { expect, it } from "vitest";
import { closeCodeOf, statusOf } from "../../../src/server/line-rules.ts";
import type { LineOptions } from "../../../src/server/line-options.ts";
import { LineServer } from "../../support/line-server.ts";

it("wire/session-v1 §4.5: what a thrown Response says, in the codes of the line", () => {
  expect([401, 403, 404, 302, 429, 500, 503].map(closeCodeOf)).toEqual([4401, 4403, 4403, 4403, 4429, 1013, 1013]);
  expect([4401, 4403, 4429, 1012, 1013, 1008].map(statusOf)).toEqual([401, 403, 429, 503, 503, 500]);
});

it("V-52 a guest is who authenticate said, from the page it came from, for as long as it may", () => {
  const line = { expiresIn: (user: { seconds: number }) => user.seconds } as LineOptions<never>;
  const { rules, ...server } = new LineServer({ line });
  expect(server).toBeDefined();
  const request = new LineServer().request([], "HTTPS://App.Example:443");
  const user = { id: 7, seconds: 60 };
  expect(rules.judge({ kind: "user", user }, request, "/base")).toEqual({
    user,
    request,
    mount: "/base",
    principal: "n7",
    origin: "https://app.example",
    expiresSeconds: 60,
  });
});

it("V-35 a principal or expiresIn that throws is logged, and the client asked to come again", () => {
  const server = new LineServer({
    line: {
      principal() {
        throw new Error("a mistake");
      },
    },
  });
  expect(server.rules.judge({ kind: "user", user: 1 }, server.request(), "")).toMatchObject({ closeCode: 1013 });
  expect(server.errors).toHaveLength(1);
});

it("a refusal is counted and logged by its status", () => {
  const server = new LineServer();
  server.rules.refused(server.request(), { closeCode: 4403, reason: "no" });
  expect(server.refused).toEqual([expect.stringMatching(/\/longwire from 192\.0\.2\.1 with 403: no \[LW_SERVER_AUTH/)]);
});
