// What the package's own machine, at the server's place, makes of bytes that are not sent yet: the same code as on the server, in the
// page. And where each rule stands in RFC 6455.
import { Connection, resolveLimits, systemRandom, type Violation, violations } from "longwire/protocol";
import { joinBytes } from "./frames.ts";

export type RuleName = keyof typeof violations;

export interface Judgement {
  readonly violation: Violation | undefined;
  /** Of the Close that the machine answers with, or takes. */
  readonly closed: { readonly code: number; readonly reason: string } | undefined;
  readonly messages: readonly (string | Uint8Array)[];
  readonly pingCount: number;
  readonly pongCount: number;
  /** What it would write. */
  readonly answer: Uint8Array;
  /** It waits for the rest of something. */
  readonly isWaiting: boolean;
}

export function judge(bytes: Uint8Array): Judgement {
  const messages: (string | Uint8Array)[] = [];
  const written: Uint8Array[] = [];
  let violation: Violation | undefined;
  let closed: Judgement["closed"];
  let [pingCount, pongCount] = [0, 0];
  let slab = new Uint8Array(0);
  const connection = new Connection({
    side: "server",
    limits: resolveLimits(),
    random: systemRandom,
    sink: {
      receiveMessage: (data) => void messages.push(data),
      receivePing: () => void (pingCount += 1),
      receivePong: () => void (pongCount += 1),
      receiveClose: (code, reason) => {
        closed = { code, reason };
      },
      fail: (broken) => {
        violation = broken;
      },
      drop() {},
      yieldTurn() {},
    },
    output: {
      get slab() {
        return slab;
      },
      at: 0,
      reserve: (count) => {
        slab = new Uint8Array(count);
      },
      commit: (count) => void written.push(slab.slice(0, count)),
      pass: (part) => void written.push(part),
      congested: false,
    },
  });
  connection.receive(bytes, 0);
  const isWaiting = violation === undefined && closed === undefined && connection.retainedBytes > 0;
  return { violation, closed, messages, pingCount, pongCount, answer: joinBytes(written), isWaiting };
}

/** Where the rules stand. */
const sections: Readonly<Record<RuleName, string>> = {
  reservedBits: "5.2",
  reservedOpcode: "5.2",
  maskMissing: "5.1",
  maskPresent: "5.1",
  controlTooLong: "5.5",
  controlFragmented: "5.5",
  lengthNegative: "5.2",
  lengthNotMinimal: "5.2",
  nothingToContinue: "5.4",
  messageUnfinished: "5.4",
  messageTooBig: "10.4",
  tooManyFragments: "10.4",
  messageTimeout: "10.4",
  controlFlood: "10.4",
  invalidUtf8: "8.1",
  closeTooShort: "5.5.1",
  closeCodeInvalid: "7.4.1",
};

/** The rule whose words a Close gives as its reason, and its section; undefined if it is none of the protocol's. */
export function ruleOf(reason: string): { readonly name: RuleName; readonly section: string } | undefined {
  for (const [name, violation] of Object.entries(violations) as [RuleName, Violation][]) {
    if (violation.message === reason) return { name, section: sections[name] };
  }
  return undefined;
}
