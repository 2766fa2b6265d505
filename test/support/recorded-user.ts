// The floor above a session, for tests: says texts, writes down what it hears and what happens to it.
import type { Violation } from "../../src/base/errors.ts";
import type { Session, SessionEnd, SessionUser } from "../../src/base/session.ts";
import { utf8 } from "./byte-builder.ts";

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

  say(...texts: readonly string[]): void {
    this.waiting.push(...texts);
    this.session?.wake();
  }

  pull(openOnly: boolean): readonly Uint8Array[] | undefined {
    const text = this.opening ?? (openOnly ? undefined : this.waiting.shift());
    this.opening = undefined;
    return text === undefined ? undefined : [utf8(text)];
  }

  receive(envelope: Uint8Array): Violation | undefined {
    if (this.refusal === undefined) this.received.push(new TextDecoder().decode(envelope));
    return this.refusal;
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
