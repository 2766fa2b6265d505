// P-66: a client and a server joined by a pipe, each sending and closing when it likes, the bytes between them delivered in
// any order and any pieces. Both must end cleanly, each with the code that travelled to it, and lose nothing sent before.
import { describe, expect, test } from "vitest";

import { resolveLimits } from "../../src/base/limits.ts";
import type { CloseOutcome } from "../../src/base/carrier.ts";
import { Driver } from "../../src/socket/driver.ts";
import { createRuntime } from "../../src/socket/runtime.ts";
import { FakeClock, settled } from "../support/fake-clock.ts";
import type { Role } from "../support/naive-frame-codec.ts";
import { createPipePair, type MemoryPipe } from "../support/pipe-pair.ts";
import { caseCount, runSeeds, SeededRandom } from "../support/seeded-random.ts";

class End {
  readonly driver: Driver;
  readonly heard: string[] = [];
  outcome: CloseOutcome | undefined;

  constructor(role: Role, pipe: MemoryPipe, random: SeededRandom) {
    const runtime = createRuntime({ clock: new FakeClock(), random });
    const limits = resolveLimits({});
    this.driver = new Driver({ pipe, side: role, limits, runtime, protocol: "", extensions: "" });
    this.driver.start({
      receiveMessage: (data) => {
        this.heard.push(String(data));
        return undefined;
      },
      receivePing: () => {},
      receivePong: () => {},
      receiveClosing: () => {},
      receiveClosed: (outcome) => {
        this.outcome = outcome;
      },
    });
  }
}

describe.each(runSeeds("both close"))("$name", ({ name, seed }) => {
  test("P-66 P-67 both sides close, at once or one after the other, and both end cleanly", async () => {
    const random = new SeededRandom(seed);
    let crossed = 0;
    for (let index = 0; index < caseCount(300); index++) {
      const [near, far] = createPipePair({ windowBytes: random.pick([1, 7, 64, Infinity]) });
      const server = new End("server", near, random.fork());
      const client = new End("client", far, random.fork());
      const sent = { server: [] as string[], client: [] as string[] };
      const plans = [
        { end: server, list: sent.server, code: 4001, closesAt: random.between(0, 12), hasClosed: false },
        { end: client, list: sent.client, code: 4002, closesAt: random.between(0, 12), hasClosed: false },
      ];
      for (let step = 0; step < 16; step++) {
        for (const plan of plans) {
          if (plan.hasClosed) continue;
          if (step === plan.closesAt) {
            plan.hasClosed = true;
            plan.end.driver.close(plan.code, "bye");
          } else if (random.chance(0.4) && plan.end.driver.send(`message ${step}`) !== "dropped") {
            plan.list.push(`message ${step}`);
          }
        }
        if (random.chance(0.5)) near.deliver(random.between(1, 20));
        if (random.chance(0.5)) far.deliver(random.between(1, 20));
        await settled(1);
      }
      while (near.hasIncoming || far.hasIncoming) {
        random.pick([near, far]).deliver(random.between(1, 40));
        await settled(1);
      }
      const where = `${name} ${seed}, case ${index}`;
      for (const { end } of plans) {
        expect(end.outcome, where).toMatchObject({ wasClean: true, reason: "bye", cause: undefined });
      }
      const codes = [server.outcome?.code, client.outcome?.code];
      // Who closes first is answered with its own code; when the Closes cross, each hears the other's.
      expect(["4001,4001", "4002,4002", "4002,4001"], where).toContain(codes.join());
      if (codes.join() === "4002,4001") crossed++;
      // What was sent before a Close arrives, unless the reader had closed before it came.
      expect(client.heard, where).toEqual(sent.server.slice(0, client.heard.length));
      expect(server.heard, where).toEqual(sent.client.slice(0, server.heard.length));
      if (codes.join() === "4001,4001") expect(client.heard, where).toEqual(sent.server);
      if (codes.join() === "4002,4002") expect(server.heard, where).toEqual(sent.client);
    }
    expect(crossed, "closes that crossed").toBeGreaterThan(20);
  });
});
