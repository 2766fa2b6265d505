import { describe, expect, test } from "vitest";
import { Budget, type BudgetHolder } from "../../../src/socket/budget.ts";

/** A holder that writes down what it is told, and lets go when it must. */
class Holder implements BudgetHolder {
  readonly told: string[] = [];
  readonly #budget: Budget;
  readonly #isStubborn: boolean;

  constructor(budget: Budget, isStubborn = false) {
    this.#budget = budget;
    this.#isStubborn = isStubborn;
  }

  hold(cost: number): this {
    this.#budget.update(this, cost);
    return this;
  }

  throttle(): void {
    this.told.push("throttle");
  }

  relieve(): void {
    this.told.push("relieve");
  }

  shed(): void {
    this.told.push("shed");
    if (!this.#isStubborn) this.#budget.update(this, 0);
  }
}

test("it sums what its holders are charged now, and forgets who is charged nothing", () => {
  const budget = new Budget(1_000);
  const first = new Holder(budget).hold(100);
  const second = new Holder(budget).hold(50);
  expect(budget.used).toBe(150);
  first.hold(30);
  second.hold(50);
  expect(budget.used).toBe(80);
  expect([budget.costOf(first), budget.costOf(second), budget.costOf({})]).toEqual([30, 50, 0]);
  first.hold(0);
  second.hold(0);
  second.hold(0);
  expect(budget.used).toBe(0);
});

describe("I-12 F-37 at four fifths", () => {
  test("the largest holder is told to stop reading, and nobody before", () => {
    const budget = new Budget(1_000);
    const small = new Holder(budget).hold(100);
    const large = new Holder(budget).hold(500);
    new Holder(budget).hold(199);
    expect([...small.told, ...large.told]).toEqual([]);
    small.hold(101);
    expect(large.told).toEqual(["throttle"]);
    expect(small.told).toEqual([]);
    expect(budget.exhausted).toBe(false);
  });

  test("when it grows on, the next largest follow, one for each percent", () => {
    const budget = new Budget(10_000);
    const holders = [4_000, 3_000, 1_000].map((cost) => new Holder(budget).hold(cost));
    expect(holders.map(({ told }) => told.length)).toEqual([1, 0, 0]);
    holders[2]?.hold(1_099);
    expect(holders.map(({ told }) => told.length)).toEqual([1, 0, 0]);
    holders[2]?.hold(1_100);
    expect(holders.map(({ told }) => told.length)).toEqual([1, 1, 0]);
    holders[2]?.hold(1_200);
    expect(holders.map(({ told }) => told.length)).toEqual([1, 1, 1]);
  });

  test("all go on when less than seven tenths are used", () => {
    const budget = new Budget(1_000);
    const large = new Holder(budget).hold(700);
    const other = new Holder(budget).hold(100);
    other.hold(50);
    expect(large.told).toEqual(["throttle"]);
    large.hold(650);
    expect(large.told).toEqual(["throttle"]);
    large.hold(649);
    expect(large.told).toEqual(["throttle", "relieve"]);
    large.hold(100);
    expect(large.told).toEqual(["throttle", "relieve"]);
  });

  test("one that was stopped and holds nothing any more goes on: nothing else would ever make it", () => {
    const budget = new Budget(1_000);
    const others = Array.from({ length: 7 }, () => new Holder(budget).hold(100));
    const stopped = new Holder(budget).hold(101);
    expect(stopped.told).toEqual(["throttle"]);
    stopped.hold(0);
    expect(budget.used).toBe(700);
    expect(stopped.told).toEqual(["throttle", "relieve"]);
    others[0]?.hold(0);
    expect(stopped.told).toEqual(["throttle", "relieve"]);
  });

  test("when the one that was stopped is the one whose bytes went, it goes on with the others", () => {
    const budget = new Budget(1_000);
    const large = new Holder(budget).hold(500);
    const other = new Holder(budget).hold(300);
    large.hold(0);
    expect(large.told).toEqual(["throttle", "relieve"]);
    expect(other.told).toEqual([]);
  });

  test("after it went down and up again, the largest is stopped again", () => {
    const budget = new Budget(1_000);
    const large = new Holder(budget).hold(800);
    large.hold(100);
    large.hold(800);
    expect(large.told).toEqual(["throttle", "relieve", "throttle"]);
  });
});

describe("I-12 F-37 at nineteen twentieths", () => {
  test("the largest lets go, as many as it takes, and the others keep what they have", () => {
    const budget = new Budget(1_000);
    const small = new Holder(budget).hold(300);
    const large = new Holder(budget).hold(450);
    small.hold(500);
    expect(large.told.filter((word) => word === "shed")).toEqual([]);
    expect(small.told.at(-1)).toBe("shed");
    expect(budget.used).toBe(450);
    expect(budget.shedCount).toBe(1);
  });

  test("it is exhausted from there on: new connections must be refused", () => {
    const budget = new Budget(1_000);
    const seen: boolean[] = [];
    const holder = new (class extends Holder {
      override shed(): void {
        seen.push(budget.exhausted);
        super.shed();
      }
    })(budget);
    holder.hold(949);
    expect(budget.exhausted).toBe(false);
    holder.hold(950);
    expect(seen).toEqual([true]);
    expect(budget.exhausted).toBe(false);
  });

  test("whoever does not let go is charged no more, so that it ends", () => {
    const budget = new Budget(1_000);
    const stubborn = new Holder(budget, true).hold(600);
    const other = new Holder(budget).hold(500);
    expect(stubborn.told.at(-1)).toBe("shed");
    expect(budget.used).toBe(500);
    expect(other.told).not.toContain("shed");
    stubborn.hold(0);
    expect(budget.used).toBe(500);
  });

  test("1,000 holders that all grow never use more than the budget together, and those that are left are the small ones", () => {
    const budget = new Budget(1_000_000);
    const holders = Array.from({ length: 1_000 }, () => new Holder(budget));
    for (let round = 1; round <= 20; round++) {
      for (const [index, holder] of holders.entries()) {
        if (holder.told.includes("shed")) continue;
        holder.hold(round * (50 + index / 10));
        expect(budget.used).toBeLessThan(1_000_000);
      }
    }
    const shed = holders.map(({ told }) => told.includes("shed"));
    expect(budget.shedCount).toBe(shed.filter(Boolean).length);
    expect(budget.shedCount).toBeGreaterThan(100);
    expect(shed[0]).toBe(false);
    expect(shed.lastIndexOf(false)).toBeLessThan(999);
  });
});
