// What a measure is: a comparison of two numbers, taken again in every round. Ratios and differences of one round are what
// counts; the absolute numbers beside them depend on the machine. Runs nothing.

/** One line of a table, as one round has it. */
export interface Sample {
  /** Which line. */
  readonly row: string;
  readonly own: number;
  readonly beside: number;
  /** What the two come to: a ratio, a difference. */
  readonly figure: number;
  /** What the figure is to be; without it, it is shown and not judged. */
  readonly wanted?: Bound;
}

export interface Bound {
  readonly least?: number;
  readonly most?: number;
}

export interface RoundOptions {
  /** From 0. Who goes first is another one in every second round. */
  readonly round: number;
  /** How long one of the two is measured, where time is what is chosen. */
  readonly seconds: number;
}

export interface Measure {
  /** `part.name`, to choose it by. */
  readonly name: string;
  /** What is compared with what, in a sentence or two. */
  readonly title: string;
  /** The heads of the columns. */
  readonly own: string;
  readonly beside: string;
  readonly figure: string;
  takeRound(options: RoundOptions): Promise<readonly Sample[]>;
}

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return quantile(sorted, 0.5);
}

/** The number below which that part of `sorted` lies. */
export function quantile(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

/** What a line is after all rounds. */
export interface Row {
  readonly name: string;
  readonly own: number;
  readonly beside: number;
  readonly figure: number;
  /** The figures of the rounds, smallest first. */
  readonly spread: readonly number[];
  readonly wanted: Bound | undefined;
  /** Undefined where nothing is wanted. */
  readonly isMet: boolean | undefined;
}

/** The medians of each line, in the order in which lines came first. */
export function rowsOf(samples: readonly Sample[]): readonly Row[] {
  const byName = new Map<string, Sample[]>();
  for (const sample of samples) byName.set(sample.row, [...(byName.get(sample.row) ?? []), sample]);
  return [...byName].map(([name, taken]) => {
    const figure = median(taken.map((sample) => sample.figure));
    const wanted = taken[0]?.wanted;
    return {
      name,
      own: median(taken.map(({ own }) => own)),
      beside: median(taken.map(({ beside }) => beside)),
      figure,
      spread: taken.map((sample) => sample.figure).sort((left, right) => left - right),
      wanted,
      isMet: wanted && figure >= (wanted.least ?? -Infinity) && figure <= (wanted.most ?? Infinity),
    };
  });
}

/** `first` and `second` measured one after the other, in an order that changes from round to round. */
export async function inTurns<T>(
  round: number,
  first: () => Promise<T>,
  second: () => Promise<T>,
): Promise<readonly [T, T]> {
  if (round % 2 === 0) {
    const taken = await first();
    return [taken, await second()];
  }
  const taken = await second();
  return [await first(), taken];
}
