// The words in which the tables of cases are written: frames, fragments, what comes back, and the three ways a case can end.

import type { Case, FrameStep, Payload, Sight, Step } from "./case.ts";

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;
export const PONG = 10;

export type Shape = Omit<FrameStep, "act" | "opcode" | "payload">;

export const text = (value: string): Payload => ({ text: value });
export const hex = (value: string): Payload => ({ hex: value });
export const repeat = (pattern: string, bytes: number): Payload => ({ repeat: pattern, bytes });

export const frame = (opcode: number, payload?: Payload, shape: Shape = {}): FrameStep => ({
  act: "frame",
  opcode,
  ...(payload && { payload }),
  ...shape,
});
export const first = (opcode: number, payload: Payload, shape: Shape = {}): FrameStep =>
  frame(opcode, payload, { ...shape, fin: false });
export const middle = (payload: Payload, shape: Shape = {}): FrameStep => frame(0, payload, { ...shape, fin: false });
export const last = (payload: Payload, shape: Shape = {}): FrameStep => frame(0, payload, shape);
export const fragments = (opcode: number, payload: Payload, size: number): Step => ({
  act: "fragments",
  opcode,
  payload,
  size,
});
export const closeFrame = (code: number, reasonHex = ""): FrameStep =>
  frame(CLOSE, hex(code.toString(16).padStart(4, "0") + reasonHex));

export const sees = (kind: Sight["kind"], payload: Payload): Sight => ({ kind, payload });
export const echo = (opcode: number, payload: Payload, times?: number): Sight => ({
  kind: opcode === TEXT ? "text" : "binary",
  payload,
  ...(times && { times }),
});

/** Legal traffic: everything comes back, then we close with 1000 and so do they. */
export const answered = (id: string, title: string, steps: readonly Step[], seen: readonly Sight[]): Case => ({
  id,
  title,
  steps,
  sees: seen,
  ending: { by: "us", codes: [1000] },
});
/** A violation: they fail the connection. */
export const refused = (
  id: string,
  title: string,
  code: number,
  steps: readonly Step[],
  seen: readonly Sight[] = [],
): Case => ({
  id,
  title,
  steps,
  sees: seen,
  ...(seen.length > 0 && { mayLoseEcho: true as const }),
  ending: { by: "them", codes: [code] },
});
/** The steps contain our close frame; theirs must answer with one of the codes. */
export const closed = (id: string, title: string, codes: readonly number[], steps: readonly Step[]): Case => ({
  id,
  title,
  steps,
  sees: [],
  ending: { by: "steps", codes },
});
export const octetwise: Shape = { chop: 1 };
export const framewise: Shape = { alone: true };
