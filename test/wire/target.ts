// The server that the suites of docs/wire test, what a rule of them is, and what a rule needs of the server beyond a line and an
// echo: without it the rule is left out, and said to be.

/** The server that is tested. */
export interface Target extends Abilities {
  /** `http://host:port` */
  readonly origin: string;
  /** The path of a route that answers each message with itself. */
  readonly echo: string;
  /** The path of the line. */
  readonly base: string;
}

/** What a server may have to be tested further; docs/wire/suites.md says it to those who start one. */
export interface Abilities {
  /** An origin that the server allows, and is not its own. */
  readonly allowedOrigin?: string | undefined;
  /** The path of a route that answers each message with itself, and is movable. */
  readonly movable?: string | undefined;
  /** The path of a route that answers each message with itself, and takes outboxes. */
  readonly outbox?: string | undefined;
  /** A token of one principal. */
  readonly token?: string | undefined;
  /** A token of another one. */
  readonly otherToken?: string | undefined;
  /** A token whose admission lapses a second after it was shown. */
  readonly shortToken?: string | undefined;
  /** A POST to this URL makes the server drain. Nothing can be tested afterwards. */
  readonly drain?: string | undefined;
}

export interface Rule {
  readonly section: string;
  readonly name: string;
  /** The rows of the ledger that it proves. */
  readonly rows?: string;
  readonly needs?: readonly (keyof Abilities)[];
  /** How long it takes with the numbers of session-v1 §8, when it has to wait for one of them. */
  readonly seconds?: number;
  run(target: Target): Promise<void>;
}

/** What `rule` needs and `target` does not have. */
export function missing({ needs = [] }: Rule, target: Target): readonly (keyof Abilities)[] {
  return needs.filter((need) => target[need] === undefined);
}
