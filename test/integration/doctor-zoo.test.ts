// The doctor sent through each animal of the zoo, in a process of its own, to a server in another: what it finds is what the
// animal does, nothing else, and nothing on a path that is whole. What only time breaks is given less time here; with
// LONGWIRE_FULL=1 it has its own.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createFaultProxy } from "../../src/testing/index.ts";
import { runCli, startCli, stopAll, urlIn } from "../support/cli-process.ts";
import { ProxyProcess } from "../interop/proxy/proxy-process.ts";
import { makeCertificates } from "../support/certificates.ts";
import { haproxy, nginx, openssl } from "../support/tools.ts";
import { type Animal, animals } from "../zoo/proxies.ts";

interface Report {
  readonly findings: readonly {
    readonly id: string;
    readonly severity: string;
    readonly remedy: { nginx?: string[] };
  }[];
  readonly bystanders: readonly { readonly name: string }[];
  readonly [fact: string]: unknown;
}

/** What is to be found at each. */
const expected: Readonly<Record<string, readonly string[]>> = {
  nothing: [],
  "strips Upgrade": ["upgrade-stripped"],
  "403 on upgrade": ["upgrade-forbidden"],
  "101, then silence": ["silent-after-101"],
  "buffers whole": ["upgrade-stripped", "answers-buffered"],
  "holds the first piece": ["upgrade-stripped", "first-piece-held"],
  "repeats POSTs": ["upgrade-stripped", "posts-repeated"],
  "1 byte at a time": ["sliced"],
  nginx: ["upgrade-stripped"],
  haproxy: [],
};

/** Where something never comes. */
const isWaiting = new Set(["101, then silence", "buffers whole"]);

let port = 0;

beforeAll(async () => {
  const echo = startCli(["echo", "--port", "0"]);
  port = Number(new URL(urlIn(await echo.firstLine)).port);
});
afterAll(stopAll);

async function examine(to: number, ...more: string[]): Promise<{ code: number; report: Report; err: string }> {
  const line = ["doctor", `ws://127.0.0.1:${to}/room`, "--json", ...more];
  // Where nothing is waited for in vain a step has all the time that a busy machine may need.
  const { code, out, err } = await runCli(more.includes("--timeout") ? line : [...line, "--timeout", "30"]);
  return { code, err, report: JSON.parse(out) as Report };
}

const idsOf = ({ findings }: Report): string[] => findings.map(({ id }) => id);

describe("what the doctor finds behind each proxy is what the proxy does", () => {
  test.concurrent.for(animals.filter(({ name, cage }) => cage !== undefined && expected[name] !== undefined))(
    "$name",
    { timeout: 180_000 },
    async ({ name, cage }: Animal, { expect, onTestFinished }) => {
      const { port: front, stop } = await (cage as NonNullable<Animal["cage"]>)(port);
      onTestFinished(stop);
      const { code, report, err } = await examine(front, ...(isWaiting.has(name) ? ["--timeout", "5"] : []));
      expect([idsOf(report), err]).toEqual([expected[name], ""]);
      const isError = report.findings.some(({ severity }) => severity === "error");
      expect(code).toBe(isError ? 1 : idsOf(report).length > 0 ? 3 : 0);
      if (name === "nginx") expect(report.bystanders.map((one) => one.name)).toEqual(["nginx"]);
    },
  );
});

describe("proxies as the guide has them do nothing that there is to find", () => {
  test.concurrent.for([
    ["nginx", nginx],
    ["haproxy", haproxy],
  ] as const)("$0", { timeout: 180_000 }, async ([name, program], { expect, onTestFinished, skip }) => {
    if (program === undefined || openssl === undefined) return skip();
    const tls = makeCertificates(openssl).valid;
    const proxy = await ProxyProcess.start(name, program, { first: port, second: port, tls });
    onTestFinished(() => proxy.stop());
    expect(await examine(proxy.http)).toMatchObject({ code: 0, report: { findings: [] } });
  });
});

/** The proxy's own times, or times that nobody has to wait for. */
const isFull = process.env["LONGWIRE_FULL"] === "1";
const [ageMs, silenceMs] = isFull ? [30_000, 10_000] : [6_000, 6_000];

describe("what only time shows, with --idle", () => {
  test.concurrent.for([
    ["nothing", {}, []],
    ["cuts every so often", { cutAfterMs: ageMs }, ["life-cut"]],
    ["cuts when idle", { cutIdleMs: silenceMs }, ["idle-cut"]],
    [
      "strips Upgrade and cuts when idle",
      { http: { upgrade: "strip" }, cutIdleMs: silenceMs },
      ["upgrade-stripped", "idle-cut"],
    ],
  ] as const)("$0", { timeout: 180_000 }, async ([, faults, found], { expect, onTestFinished }) => {
    const proxy = await createFaultProxy({ target: { port }, faults });
    onTestFinished(() => proxy.close());
    const { report } = await examine(proxy.port, "--idle", isFull ? "40" : "12");
    expect(idsOf(report)).toEqual(found);
  });
});

test("the zoo has the eight that misbehave, and each is looked for", () => {
  const misbehaving = animals.map(({ name }) => name).filter((name) => !["nothing", "nginx", "haproxy"].includes(name));
  const byTime = misbehaving.filter((name) => name.startsWith("cuts"));
  expect(misbehaving.filter((name) => expected[name] === undefined)).toEqual(byTime);
  expect(byTime).toHaveLength(3);
  expect(misbehaving.length).toBeGreaterThanOrEqual(8);
});
