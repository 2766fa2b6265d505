import { describe, expect, it } from "vitest";
import { type GateRules, judgeVisitor } from "../../../src/inspector/gate.ts";

const local: GateRules = { remote: false, hosts: ["dev.example"] };
const judge = (
  host: string | undefined,
  remoteAddress = "127.0.0.1",
  rawHeaders: readonly string[] = [],
  rules = local,
) => judgeVisitor({ host, remoteAddress, rawHeaders }, rules)?.status;

describe("V-42 who may come to an inspector", () => {
  it.each(["localhost", "localhost:8101", "127.0.0.1:8101", "127.9.9.9", "[::1]:8101", "dev.example:1", "DEV.example"])(
    "V-42 the Host %s is served",
    (host) => {
      expect(judge(host)).toBeUndefined();
    },
  );

  it.each([
    "attacker.example:8101",
    "0.0.0.0:8101",
    "[::ffff:127.0.0.1]",
    "localhost.attacker.example",
    "localhost@attacker.example",
    "128.0.0.1",
    "",
    undefined,
  ])("V-42 the Host %s is not", (host) => {
    expect(judge(host)).toBe(421);
  });

  it.each(["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1"])("V-42 %s is this machine", (address) => {
    expect(judge("localhost", address)).toBeUndefined();
  });

  it.each(["192.0.2.7", "10.0.0.1", "172.17.0.1", "::ffff:192.0.2.7", "fe80::1", ""])("V-42 %s is not", (address) => {
    expect(judge("localhost", address)).toBe(403);
  });

  it.each([
    "X-Forwarded-For",
    "Forwarded",
    "via",
    "X-Real-IP",
    "x-forwarded-host",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
  ])("V-42 what a proxy of this machine passes on is refused: %s", (name) => {
    expect(judge("localhost", "127.0.0.1", ["Accept", "*/*", name, "192.0.2.7"])).toBe(403);
  });

  it("a header's value is no header", () => {
    expect(judge("localhost", "127.0.0.1", ["Accept", "via"])).toBeUndefined();
  });

  it("whoever is let in from elsewhere still needs a name that is served", () => {
    const open = { remote: true, hosts: ["dev.example"] };
    expect(judge("dev.example", "192.0.2.7", ["Via", "1.1 proxy"], open)).toBeUndefined();
    expect(judge("attacker.example", "192.0.2.7", [], open)).toBe(421);
  });
});
