import { describe, expect, test, vi } from "vitest";
import type { OutboxAnswer, OutboxClaim } from "../../../src/channels/outbox-terms.ts";
import { type DedupeLimits, DedupeWindow, defaultDedupe, type Holder } from "../../../src/server/dedupe-window.ts";
import { FakeClock } from "../../support/fake-clock.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const zeros = new Uint8Array(8);

function open(limits: Partial<DedupeLimits> = {}, seed = 1) {
  const clock = new FakeClock();
  const window = new DedupeWindow({ ...defaultDedupe, ...limits }, clock, new SeededRandom(seed));
  const begin = (name: string, terms: Partial<OutboxClaim> = {}, payer = "ada") => {
    const holder = { fence: vi.fn<() => void>(), receiveSettled: vi.fn<() => void>() } satisfies Holder;
    const claim = { id: new Uint8Array(16), window: zeros, first: 1, next: 1, resends: false, ...terms };
    const { reception, answer } = window.open({ payer, name }, claim, holder);
    return { holder, reception, answer, end: () => window.release(reception, holder) };
  };
  /** Opens `name`, handles up to `count`, and closes. */
  const use = (name: string, count: number, payer = "ada"): OutboxAnswer => {
    const { reception, answer, end } = begin(name, {}, payer);
    reception.called = count;
    reception.settled = count;
    end();
    return answer;
  };
  return { clock, window, begin, use };
}

describe("the dedupe window", () => {
  test("a first claim is of nothing known, and goes on behind what was sent, or with it", () => {
    const { begin } = open();
    expect(begin("a").answer).toMatchObject({ isKnown: false, settled: 0, called: 0 });
    expect(begin("b", { first: 4, next: 9 }).answer).toMatchObject({ isKnown: false, settled: 8, called: 8 });
    expect(begin("c", { first: 4, next: 9, resends: true }).answer).toMatchObject({
      isKnown: false,
      settled: 3,
      called: 3,
    });
  });

  test("it remembers what was called and what is done with", () => {
    const { begin } = open();
    const first = begin("a");
    Object.assign(first.reception, { called: 7, settled: 5 });
    first.end();
    const { window } = first.answer;
    expect(begin("a", { window, first: 4, next: 9 }).answer).toEqual({ window, isKnown: true, settled: 5, called: 7 });
  });

  test("I-02 the client that never heard an answer that forgot is told again that nothing is known", () => {
    const { begin, use } = open();
    const { window } = use("a", 5);
    // Something else has come between, and has been forgotten as well.
    begin("a", { window: zeros, first: 4, next: 9 }).end();
    const lost = begin("a", { window, first: 4, next: 9 });
    expect(lost.answer).toMatchObject({ isKnown: false, called: 8 });
    lost.end();
    expect(begin("a", { window, first: 4, next: 9 }).answer.isKnown).toBe(false);
    const heard = begin("a", { window, first: 4, next: 9 }).answer;
    expect(begin("a", { window: heard.window, first: 9, next: 9 }).answer).toMatchObject({ isKnown: true, called: 8 });
  });

  test("I-03 two windows give different names, so numbers of another process mean nothing", () => {
    const [here, there] = [open({}, 1), open({}, 2)];
    const { window } = there.use("a", 5);
    here.use("a", 5);
    expect(here.begin("a", { window, first: 4, next: 9 }).answer).toMatchObject({ isKnown: false, called: 8 });
  });

  test.each([
    ["knows less than the client was told", { first: 7, next: 9 }],
    ["knows more than the client has ever numbered", { first: 3, next: 5 }],
  ])("I-02 a window that %s does not know", (_case, terms) => {
    const { begin, use } = open();
    const { window } = use("a", 5);
    expect(begin("a", { window, ...terms }).answer).toMatchObject({ isKnown: false, called: terms.next - 1 });
  });

  test("I-03 the newer channel fences the older, which then gives up nothing that is not its own", () => {
    const { begin } = open();
    const older = begin("a");
    const newer = begin("a", { window: older.answer.window });
    expect([older.holder.fence.mock.calls.length, newer.holder.fence.mock.calls.length]).toEqual([1, 0]);
    older.end();
    expect(newer.reception.holder).toBe(newer.holder);
  });

  test("what was not used for the time of the window is forgotten, what is in use never", () => {
    const { clock, begin, use, window } = open({ outboxWindowMs: 1_000 });
    const busy = begin("busy");
    const name = use("a", 5).window;
    clock.advance(999);
    expect(begin("a", { window: name, first: 1, next: 9 }).answer.isKnown).toBe(true);
    const other = use("b", 5).window;
    clock.advance(1_000);
    expect(begin("b", { window: other, first: 1, next: 9 }).answer.isKnown).toBe(false);
    expect(begin("busy", { window: busy.answer.window }).answer.isKnown).toBe(true);
    expect(window.size).toBe(3);
  });

  test("V-61 the one that was used longest ago makes room", () => {
    const { begin, use, window } = open({ maxOutboxes: 3 });
    const name = use("a", 5).window;
    const other = use("b", 5, "bob").window;
    use("c", 5);
    begin("a", { window: name, next: 9 }).end();
    use("d", 5);
    expect(window.size).toBe(3);
    expect(begin("a", { window: name, next: 9 }).answer.isKnown).toBe(true);
    expect(begin("b", { window: other, next: 9 }).answer.isKnown).toBe(false);
  });

  test("V-61 a flood of ids costs its principal its own, and nobody else's", () => {
    const { begin, use, window } = open({ maxOutboxesPerPrincipal: 10 });
    const name = use("mine", 5, "bob").window;
    const names = Array.from({ length: 1_000 }, (_, count) => use(`id ${count}`, 1, "mallory").window);
    expect(window.size).toBe(11);
    expect(begin("mine", { window: name, next: 9 }, "bob").answer.isKnown).toBe(true);
    const isKnown = (at: number): boolean => {
      const claim = { window: names[at] ?? zeros, next: 9 };
      return begin(`id ${at}`, claim, "mallory").answer.isKnown;
    };
    expect([isKnown(999), isKnown(0)]).toEqual([true, false]);
  });

  test("V-61 what is in use makes no room: then there is none, but for those that are known", () => {
    const { begin, window } = open({ maxOutboxesPerPrincipal: 2, maxOutboxes: 3 });
    const one = begin("a");
    begin("b");
    const room = (name: string, payer: string): boolean => window.hasRoom({ name, payer });
    expect([room("c", "ada"), room("a", "ada"), room("c", "bob")]).toEqual([false, true, true]);
    begin("c", {}, "bob");
    expect(room("d", "bob")).toBe(false);
    one.end();
    expect([room("c", "ada"), room("d", "bob")]).toEqual([true, true]);
  });
});
