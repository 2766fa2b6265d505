import { describe, expect, it } from "vitest";
import { closeAll, sendAway } from "../../../src/server/drain.ts";
import type { ServerSocket } from "../../../src/server/peer.ts";
import { Residents } from "../../../src/server/residents.ts";
import { FakeClock, settled } from "../../support/fake-clock.ts";

/** A socket that records what is done to it and leaves when told to, if it answers. */
class Guest {
  readonly done: string[] = [];
  readonly residents: Residents;
  readonly #answers: boolean;
  readonly #now: () => number;

  constructor(residents: Residents, clock: FakeClock, answers: boolean) {
    this.residents = residents;
    this.#answers = answers;
    this.#now = () => clock.now() - 1_000;
    residents.sockets.add(this.socket);
  }

  get socket(): ServerSocket {
    return this as unknown as ServerSocket;
  }

  announceDrain(): void {
    this.done.push(`drain ${this.#now()}`);
  }

  dismiss(code: number): void {
    this.done.push(`close ${code} ${this.#now()}`);
    if (this.#answers) this.residents.delete(this.socket);
  }

  drop(cause: { code: string }): void {
    this.done.push(`drop ${cause.code} ${this.#now()}`);
    this.residents.delete(this.socket);
  }
}

const times = { drainSpreadMs: 10_000, drainTimeoutMs: 15_000 };

describe("sending everybody away", () => {
  it("P-16 tells all at once, closes at an even pace, and drops who does not go", async () => {
    const [residents, clock] = [new Residents(), new FakeClock()];
    const guests = Array.from({ length: 20 }, (_, index) => new Guest(residents, clock, index !== 19));
    let done = false;
    const away = sendAway(residents, clock, times).then(() => void (done = true));
    expect(guests.every((guest) => guest.done.join() === "drain 0")).toBe(true);
    await clock.advanceAsync(10_000);
    for (const [index, guest] of guests.entries()) {
      const at = Number(guest.done[1]?.split(" ")[2]);
      expect(guest.done[1]).toMatch(/^close 1012 /);
      expect(Math.abs(at - index * 500)).toBeLessThanOrEqual(100);
    }
    // The last one was told at 9,600.
    await clock.advanceAsync(14_599);
    expect(done).toBe(false);
    await clock.advanceAsync(101);
    await away;
    expect(guests[19]?.done[2]).toBe("drop LW_SERVER_DRAIN_TIMEOUT 24600");
    expect(clock.pendingCount).toBe(0);
  });

  it("closes all at once when there is no time to spread them over", async () => {
    const [residents, clock] = [new Residents(), new FakeClock()];
    const guests = Array.from({ length: 5 }, () => new Guest(residents, clock, true));
    await sendAway(residents, clock, { ...times, drainSpreadMs: 0 });
    expect(guests.every((guest) => guest.done.at(-1) === "close 1012 0")).toBe(true);
  });

  it("does not wait once everybody has gone by themselves", async () => {
    const [residents, clock] = [new Residents(), new FakeClock()];
    const guest = new Guest(residents, clock, true);
    const other = new Guest(residents, clock, true);
    const away = sendAway(residents, clock, times);
    residents.delete(guest.socket);
    residents.delete(other.socket);
    await clock.advanceAsync(100);
    await away;
    expect(clock.pendingCount).toBe(0);
  });
});

describe("closing", () => {
  it("P-19 closes all at once and drops who has not gone in time", async () => {
    const [residents, clock] = [new Residents(), new FakeClock()];
    const guests = [new Guest(residents, clock, true), new Guest(residents, clock, false)];
    const closed = closeAll(residents, clock, { code: 1_001, reason: "", timeoutMs: 5_000 });
    expect(guests.map((guest) => guest.done.join())).toEqual(["close 1001 0", "close 1001 0"]);
    await clock.advanceAsync(5_000);
    await closed;
    expect(guests[1]?.done[1]).toBe("drop LW_SERVER_CLOSED 5000");
  });

  it("does not wait for a socket whose handler never finishes", async () => {
    const [residents, clock] = [new Residents(), new FakeClock()];
    const guest = new Guest(residents, clock, false);
    guest.drop = (): void => {};
    const closed = closeAll(residents, clock, { code: 1_001, reason: "", timeoutMs: 5_000 });
    await clock.advanceAsync(5_100);
    await closed;
    await settled();
    expect(residents.sockets.size).toBe(1);
  });
});
