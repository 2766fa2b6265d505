import { describe, expect, test } from "vitest";
import { diagnose } from "../../../../src/cli/doctor/diagnosis.ts";
import type { Facts } from "../../../../src/cli/doctor/facts.ts";
import { describeDiagnosis, describeStep, jsonReport, type Pen } from "../../../../src/cli/doctor/report.ts";

const pen: Pen = { paint: (_style, text) => text, scrub: (text) => text.replaceAll("canary", "…") };
const evil = "\u001b[2J\u202e canary";

const facts: Facts = {
  url: "ws://h/",
  lookup: { ms: 1.26, addresses: ["192.0.2.1"] },
  tcp: [{ address: "192.0.2.1", ms: 12.6 }],
  tls: {
    ms: 5,
    version: "TLSv1.3",
    cipher: evil,
    versions: ["TLSv1.3"],
    certificates: [{ subject: evil, issuer: evil, validFrom: "", validTo: "" }],
    daysLeft: 60,
    matchesName: true,
    isTrusted: true,
    alpn: "",
    takesHttp1: true,
  },
  upgrade: {
    ms: 3,
    request: ["GET / HTTP/1.1", "Host: h"],
    status: 403,
    statusText: evil,
    headers: [["Server", `nginx ${evil}`]],
    body: evil,
    isOpen: false,
  },
  plain: { status: 200, headers: [] },
};

const steps = [
  "name",
  "tcp",
  "tls",
  "upgrade",
  "ping",
  "echo",
  "close",
  "compression",
  "line",
  "idle",
  "message size",
] as const;

describe("the report", () => {
  test("V-50 V-56 nothing that came from outside is shown as it came", () => {
    const diagnosis = diagnose(facts);
    const lines = [
      ...steps.flatMap((step) => describeStep(step, facts, pen)),
      ...describeDiagnosis(diagnosis, facts, pen),
    ];
    expect(lines.join("\n")).toContain(String.raw`\x1b[2J\u202e …`);
    for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\u202e]|canary/u);
    const json = jsonReport(diagnosis, facts, pen);
    expect(json).not.toMatch(/canary|[\p{Cc}\u202e]/u);
    expect((JSON.parse(json) as { upgrade: { body: string } }).upgrade.body).toBe("\u001b[2J\u202e …");
  });

  test("a step is a line with its mark, and its details below it", () => {
    expect(describeStep("name", facts, pen)).toEqual(["ok name         192.0.2.1 in 1.3 ms"]);
    expect(describeStep("tcp", facts, pen)).toEqual(["ok tcp          connected: 192.0.2.1 in 13 ms"]);
    const [upgrade = "", first, host] = describeStep("upgrade", facts, pen);
    expect(upgrade).toMatch(/^!! upgrade {6}403 /);
    expect(first).toBe("     > GET / HTTP/1.1");
    expect(host).toMatch(/^ {5}> Host: h +which site is meant/);
  });

  test("the lines of the proxy that was recognised are shown, of both when none was", () => {
    const stripped: Facts = {
      ...facts,
      upgrade: { request: [], status: 426, headers: [["Server", "nginx"]], isOpen: false },
    };
    const told = describeDiagnosis(diagnose(stripped), stripped, pen).join("\n");
    expect(told).toContain("proxy_set_header Upgrade $http_upgrade;");
    expect(told).not.toContain("haproxy:");
    expect(told).toContain("In between, or in front: nginx (Server: nginx)");
    const unsigned: Facts = { url: "", upgrade: { request: [], status: 426, headers: [], isOpen: false } };
    expect(describeDiagnosis(diagnose(unsigned), unsigned, pen).join("\n")).toMatch(/nginx:[^]*haproxy:/);
  });

  test("says when all is well, and when it was ended early", () => {
    const well: Facts = { url: "" };
    expect(describeDiagnosis(diagnose(well), well, pen).join("\n")).toContain("Nothing is wrong.");
    const early: Facts = { url: "", interrupted: true };
    expect(describeDiagnosis(diagnose(early), early, pen).join("\n")).toMatch(/Ended early[^]*Nothing wrong so far\./);
  });

  test("times in JSON have one decimal", () => {
    expect(JSON.parse(jsonReport(diagnose(facts), facts, pen))).toMatchObject({
      doctor: 1,
      lookup: { ms: 1.3 },
      tcp: [{ ms: 12.6 }],
    });
  });
});
