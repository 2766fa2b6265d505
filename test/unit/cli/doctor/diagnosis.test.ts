// Every finding has facts that lead to it and to nothing else; facts of a connection that is well lead to none.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { diagnose, exitCodeOf } from "../../../../src/cli/doctor/diagnosis.ts";
import type { Facts, IdleFacts, LineFacts, TlsFacts, UpgradeFacts } from "../../../../src/cli/doctor/facts.ts";

const works = { works: true, openMs: 1, roundTripMs: 1 } as const;
const upgrade: UpgradeFacts = { ms: 1, request: [], status: 101, statusText: "", headers: [], isOpen: true };
const line: LineFacts = {
  path: "/longwire",
  isLongwire: true,
  probe: "streams",
  repeatsPosts: false,
  transports: { websocket: works, stream: works, longpoll: works, poll: works },
};
const well: Facts = {
  url: "wss://h/",
  lookup: { ms: 1, addresses: ["192.0.2.1"] },
  tcp: [{ address: "192.0.2.1", ms: 1 }],
  upgrade,
  ping: { sent: 5, answered: 5 },
  pieces: { count: 12, torn: 0 },
  close: { code: 1000, answeredMs: 1, endedMs: 1 },
  compression: { offered: "x", answered: "", isOpen: true },
  line,
};
const tls: TlsFacts = {
  ms: 1,
  version: "TLSv1.3",
  versions: ["TLSv1.3", "TLSv1.2"],
  certificates: [{ subject: "h", issuer: "a", validFrom: "", validTo: "" }],
  daysLeft: 60,
  matchesName: true,
  isTrusted: true,
  alpn: "http/1.1",
  takesHttp1: true,
};
const idle: IdleFacts = { waitedMs: 130_000, busyEveryMs: 5_000, serverPingsMs: [] };

const refused = (status: number, more: Partial<UpgradeFacts> = {}, rest: Partial<Facts> = {}): Partial<Facts> => ({
  upgrade: { ...upgrade, status, isOpen: false, fault: { code: "x", message: "It is wrong." }, ...more },
  ping: undefined as never,
  close: undefined as never,
  ...rest,
});
const unanswered = (more: Partial<UpgradeFacts>): Partial<Facts> => {
  const { status: _status, ...without } = upgrade;
  return refused(0, {}, { upgrade: { ...without, isOpen: false, ...more } });
};
const lineWith = (more: Partial<LineFacts>): Partial<Facts> => ({ line: { ...line, ...more } });
const tlsWith = (more: Partial<TlsFacts>): Partial<Facts> => ({ tls: { ...tls, ...more } });
const transports = (more: LineFacts["transports"]): LineFacts["transports"] => ({ ...line.transports, ...more });
const noLine: Partial<Facts> = { line: { path: "/longwire", isLongwire: false, transports: {} } };

const cases: readonly (readonly [id: string, facts: Partial<Facts>])[] = [
  ["name-unknown", { lookup: { ms: 1, addresses: [], fault: "the name is not known" } }],
  ["unreachable", { tcp: [{ address: "192.0.2.1", fault: "nothing listens there" }] }],
  [
    "address-unreachable",
    {
      tcp: [
        { address: "192.0.2.1", ms: 1 },
        { address: "2001:db8::1", fault: "no answer" },
      ],
    },
  ],
  [
    "tls-failed",
    { tls: { fault: "what answers there does not speak TLS", versions: [], certificates: [], takesHttp1: false } },
  ],
  ["certificate-expired", tlsWith({ daysLeft: -1, isTrusted: false, distrust: "CERT_HAS_EXPIRED" })],
  ["certificate-expires", tlsWith({ daysLeft: 14 })],
  ["certificate-name", tlsWith({ matchesName: false, isTrusted: false, distrust: "ERR_TLS_CERT_ALTNAME_INVALID" })],
  ["certificate-untrusted", tlsWith({ isTrusted: false, distrust: "DEPTH_ZERO_SELF_SIGNED_CERT" })],
  ["tls-old", tlsWith({ versions: ["TLSv1.2", "TLSv1"] })],
  ["alpn-no-http1", tlsWith({ takesHttp1: false, alpn: "h2" })],
  ["tls-expected", unanswered({ speaks: "tls" })],
  ["http2-only", unanswered({ speaks: "http/2" })],
  ["not-http", unanswered({ speaks: "other" })],
  ["upgrade-cut", unanswered({ fault: { code: "cut", message: "reset" } })],
  ["upgrade-unanswered", unanswered({ fault: { code: "unanswered", message: "nothing" } })],
  ["answer-malformed", unanswered({ fault: { code: "LW_PROTOCOL_RESPONSE_MALFORMED", message: "bad" } })],
  ["handshake-invalid", refused(101)],
  ["upgrade-stripped", refused(426)],
  ["upgrade-stripped", refused(505)],
  ["upgrade-stripped", refused(426, { headers: [["Sec-WebSocket-Version", "13"]] }, noLine)],
  [
    "upgrade-stripped",
    refused(404, {}, lineWith({ transports: transports({ websocket: { works: false, status: 426 } }) })),
  ],
  [
    "upgrade-stripped",
    refused(200, {}, lineWith({ transports: transports({ websocket: { works: false, status: 404 } }) })),
  ],
  ["not-found", refused(404)],
  ["line-address", refused(404, {}, { url: "wss://h/longwire?token=…" })],
  ["not-found", refused(404, {}, { url: "wss://h/longwire", ...noLine })],
  ["upgrade-stripped", refused(400, { body: "The request cannot be upgraded." })],
  ["version-refused", refused(426, { headers: [["sec-websocket-version", "8, 7"]] }, noLine)],
  ["redirected", refused(302)],
  ["proxy-authentication", refused(407)],
  [
    "upgrade-forbidden",
    refused(403, {}, lineWith({ transports: transports({ websocket: { works: false, status: 403 } }) })),
  ],
  ["not-admitted", refused(403, {}, { ...noLine, plain: { status: 200, headers: [] } })],
  ["not-admitted", refused(401)],
  ["host-refused", refused(421)],
  ["not-found", refused(404, {}, noLine)],
  ["server-busy", refused(429)],
  ["server-busy", refused(503)],
  ["upgrade-ignored", refused(200, {}, noLine)],
  ["upgrade-refused", refused(418)],
  ["silent-after-101", { ping: { sent: 1, answered: 0 }, pieces: { count: 0, torn: 0 }, close: {}, ...noLine }],
  ["ping-unanswered", { ping: { sent: 1, answered: 0 } }],
  ["protocol-broken", { violation: "The opcode is reserved.", ping: { sent: 1, answered: 0 }, close: {} }],
  ["echo-missing", { echo: { sent: 1, answered: 0 } }],
  ["sliced", { pieces: { count: 40, torn: 30 } }],
  ["close-unanswered", { close: {} }],
  ["tcp-left-open", { close: { code: 1000, answeredMs: 1 } }],
  ["tcp-left-open", { close: { code: 1000, answeredMs: 1, endedMs: 9_000 } }],
  ["answers-buffered", lineWith({ probe: "buffers", transports: transports({ stream: { works: false } }) })],
  ["first-piece-held", lineWith({ probe: "buffers" })],
  ["posts-repeated", lineWith({ repeatsPosts: true })],
  ["transport-broken", lineWith({ transports: transports({ longpoll: { works: false, fault: "cut" } }) })],
  ["transport-broken", lineWith({ transports: transports({ websocket: { works: false, fault: "PING" } }) })],
  ["not-sticky", lineWith({ transports: transports({ longpoll: { works: false, status: 410, fault: "x" } }) })],
  ["line-unreachable", lineWith({ transports: transports({ websocket: { works: false, status: 404 } }) })],
  ["idle-cut", { idle: { ...idle, quietEndedMs: 60_000 } }],
  ["life-cut", { idle: { ...idle, quietEndedMs: 30_000, busyEndedMs: 30_100 } }],
  ["idle-closed", { idle: { ...idle, quietEndedMs: 30_000, quietCloseCode: 1001 } }],
];

describe("diagnose", () => {
  test("finds nothing where all is well, whatever was looked at", () => {
    const many: Partial<Facts>[] = [
      {},
      { tls },
      { idle },
      { idle: { ...idle, serverPingsMs: [20_000] } },
      noLine,
      { echo: { sent: 5, answered: 5 } },
      lineWith({ probe: "busy" }),
      lineWith({
        transports: transports({
          stream: { works: false, isRefused: true },
          longpoll: { works: false, isRefused: true },
        }),
      }),
      { pieces: { count: 4, torn: 2 } },
      { pieces: { count: 400, torn: 40 } },
    ];
    for (const more of many) {
      const facts = { ...well, ...more };
      const diagnosis = diagnose(facts);
      expect([diagnosis.findings, exitCodeOf(diagnosis, facts)]).toEqual([[], 0]);
    }
  });

  test.each(cases.map(([id, more]) => ({ id, more })))("$id", ({ id, more }) => {
    const facts = { ...well, ...more };
    const { findings } = diagnose(facts);
    expect(findings.map((finding) => finding.id)).toEqual([id]);
    const [finding] = findings;
    expect(finding?.text).toMatch(/^[A-Z].*[.)]$/s);
    expect(finding?.text).not.toMatch(/undefined|\[object/);
    expect(finding?.remedy.text).toMatch(/[.…]$/);
  });

  test("the worst comes first and decides about the exit code; a note is no fault", () => {
    const facts = { ...well, ...refused(426), ...tlsWith({ daysLeft: 3 }), tcp: well.tcp ?? [] };
    const diagnosis = diagnose(facts);
    expect(diagnosis.findings.map(({ severity }) => severity)).toEqual(["error", "warning"]);
    expect(exitCodeOf(diagnosis, facts)).toBe(1);
    const warned = { ...well, pieces: { count: 40, torn: 30 } };
    expect(exitCodeOf(diagnose(warned), warned)).toBe(3);
    const noted = { ...well, idle: { ...idle, quietEndedMs: 30_000, quietCloseCode: 1001 } };
    expect(exitCodeOf(diagnose(noted), noted)).toBe(0);
    const early = { ...well, interrupted: true };
    expect(exitCodeOf(diagnose(early), early)).toBe(3);
  });

  test("silence at a Longwire server whose requests go through says so", () => {
    const silent = { works: false, status: 101, fault: "nothing came after the 101" };
    const facts = {
      ...well,
      ping: { sent: 1, answered: 0 },
      pieces: { count: 0, torn: 0 },
      close: {},
      ...lineWith({ transports: transports({ websocket: silent }) }),
    };
    const [finding, ...others] = diagnose(facts).findings;
    expect([finding?.id, others]).toEqual(["silent-after-101", []]);
    expect(finding?.text).toContain("while the same server answers ordinary requests");
  });

  test("whoever signs is named", () => {
    const facts = { ...well, upgrade: { ...upgrade, headers: [["Server", "nginx/1.22"]] as const } };
    expect(diagnose(facts).bystanders).toEqual([{ name: "nginx", evidence: "Server: nginx/1.22" }]);
  });

  test("every finding is explained in the guide, and the guide explains no other", () => {
    const guide = readFileSync(new URL("../../../../docs/guides/troubleshooting.md", import.meta.url), "utf8");
    const explained = [...guide.matchAll(/^\| `([a-z0-9-]+)` \|/gm)].map(([, id]) => id);
    expect(new Set(explained)).toEqual(new Set(cases.map(([id]) => id)));
    expect(explained).toHaveLength(new Set(explained).size);
  });
});
