// The floor above a session, for tests: says texts, writes down what it hears and what happens to it.
import type { Violation } from "../../src/base/errors.ts";
import { ENVELOPE_ROOM, type Session, type SessionEnd, type SessionUser } from "../../src/base/session.ts";
import { concat, utf8 } from "./byte-builder.ts";

/** `envelope` as a session pulls it. */
export const withRoom = (envelope: Uint8Array): Uint8Array => concat([new Uint8Array(ENVELOPE_ROOM), envelope]);

export class RecordedUser implements SessionUser {
  session: Session | undefined;
  readonly waiting: string[] = [];
  /** May go before WELCOME. */
  opening: string | undefined;
  readonly received: string[] = [];
  /** attached, detached, and how it ended. */
  readonly life: string[] = [];
  end: SessionEnd | undefined;
  refusal: Violation | undefined;
  /** Called when all was received that had come together. */
  onRest: (() => void) | undefined;

  say(...texts: readonly string[]): void {
    this.waiting.push(...texts);
    this.session?.wake();
  }

  pull(openOnly: boolean): Uint8Array | undefined {
    const text = this.opening ?? (openOnly ? undefined : this.waiting.shift());
    this.opening = undefined;
    return text === undefined ? undefined : withRoom(utf8(text));
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    if (this.refusal === undefined) this.received.push(new TextDecoder().decode(bytes.subarray(start, end)));
    return this.refusal;
  }

  receiveRest(): void {
    this.onRest?.();
  }

  receiveAttached(): void {
    this.life.push("attached");
  }

  receiveDetached(): void {
    this.life.push("detached");
  }

  receiveEnded(end: SessionEnd): void {
    this.end = end;
    this.life.push(`${end.by} ${end.code}`);
  }
}
