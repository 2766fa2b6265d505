// What becomes of one seed.

export interface Outcome {
  readonly seed: number;
  readonly hash: number;
  readonly delivered: number;
  readonly attachments: number;
}

/** A run that broke a promise. */
export class Failure extends Error {
  readonly seed: number;

  constructor(seed: number, breach: Error, trace: readonly string[]) {
    super(`seed 0x${seed.toString(16)}: ${breach.message}\n${trace.slice(-25).join("\n")}`, { cause: breach });
    this.seed = seed;
  }
}
