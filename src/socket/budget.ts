// The memory that all connections of a runtime may hold together: retained input, messages that wait for a handler, output
// that waits for a peer. RELIABILITY §5.2 "global budget", I-12. Keeps the sum and says who must give way; what giving
// way means is the holder's business.

export interface BudgetHolder {
  /** Stop reading: four fifths of the budget are used, and this holder is among the largest. */
  throttle(): void;
  /** Go on reading. */
  relieve(): void;
  /** Let go of everything now: the budget is all but used up. */
  shed(): void;
}

const THROTTLE_AT = 0.8;
const RELIEVE_AT = 0.7;
const SHED_AT = 0.95;

export class Budget {
  readonly limitBytes: number;
  readonly #costs = new Map<BudgetHolder, number>();
  readonly #throttled = new Set<BudgetHolder>();
  #used = 0;
  #sheds = 0;
  #judging = false;
  #judgedAt = 0;

  /** `limitBytes` as in limits.memoryBudgetBytes. */
  constructor(limitBytes: number) {
    this.limitBytes = limitBytes;
  }

  /** Bytes charged now. */
  get used(): number {
    return this.#used;
  }

  /** How many holders had to let go so far. */
  get shedCount(): number {
    return this.#sheds;
  }

  /** Whether new connections must be refused. */
  get exhausted(): boolean {
    return this.#used >= this.limitBytes * SHED_AT;
  }

  /** What `holder` is charged. */
  costOf(holder: object): number {
    return (this.#costs as ReadonlyMap<object, number>).get(holder) ?? 0;
  }

  /** Sets what `holder` is charged; 0 forgets it. */
  update(holder: BudgetHolder, cost: number): void {
    const before = this.#costs.get(holder) ?? 0;
    if (cost === before) return;
    if (cost === 0) this.#costs.delete(holder);
    else this.#costs.set(holder, cost);
    this.#used += cost - before;
    if (this.#judging) return;
    if (cost > before) this.#judgeGrowth();
    else this.#judgeDecline(holder, cost);
  }

  #judgeDecline(holder: BudgetHolder, cost: number): void {
    if (this.#used < this.limitBytes * THROTTLE_AT) this.#judgedAt = 0;
    if (this.#throttled.size === 0) return;
    if (this.#used < this.limitBytes * RELIEVE_AT) {
      this.#relieveAll();
    } else if (cost === 0 && this.#throttled.delete(holder)) {
      // It has nothing left to let go of, and nothing would make it go on later.
      holder.relieve();
    }
  }

  #judgeGrowth(): void {
    if (this.#used < this.limitBytes * THROTTLE_AT) return;
    // Looking for the largest walks all holders: once per percent of growth is often enough.
    if (!this.exhausted && this.#used - this.#judgedAt < this.limitBytes * 0.01) return;
    this.#judgedAt = this.#used;
    this.#judging = true;
    while (this.#used >= this.limitBytes * SHED_AT) {
      const largest = this.#largest(() => true);
      if (largest === undefined) break;
      this.#sheds++;
      largest.shed();
      // Whoever does not let go is charged no more: the loop must end.
      this.#forget(largest);
    }
    if (this.#used >= this.limitBytes * THROTTLE_AT) {
      const largest = this.#largest((holder) => !this.#throttled.has(holder));
      if (largest !== undefined) {
        this.#throttled.add(largest);
        largest.throttle();
      }
    }
    this.#judging = false;
  }

  #largest(eligible: (holder: BudgetHolder) => boolean): BudgetHolder | undefined {
    let largest: BudgetHolder | undefined;
    let most = 0;
    for (const [holder, cost] of this.#costs) {
      if (cost > most && eligible(holder)) {
        largest = holder;
        most = cost;
      }
    }
    return largest;
  }

  #forget(holder: BudgetHolder): void {
    this.#used -= this.#costs.get(holder) ?? 0;
    this.#costs.delete(holder);
    this.#throttled.delete(holder);
  }

  #relieveAll(): void {
    const waiting = [...this.#throttled];
    this.#throttled.clear();
    for (const holder of waiting) holder.relieve();
  }
}
