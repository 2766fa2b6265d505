// The floor above a session, for tests: says texts, writes down what it hears and what happens to it.
import type { Violation } from "../../src/base/errors.ts";
import type { Pulled, Session, SessionEnd, SessionUser } from "../../src/base/session.ts";
import { utf8 } from "./byte-builder.ts";
import { given } from "./pulled.ts";

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
  /** Called when what had come together was received. */
  onRest: ((isAll: boolean) => void) | undefined;

  say(...texts: readonly string[]): void {
    this.waiting.push(...texts);
    this.session?.wake();
  }

  pull(target: Uint8Array, at: number, openOnly: boolean): Pulled {
    const { opening } = this;
    const text = opening ?? (openOnly ? undefined : this.waiting.shift());
    this.opening = undefined;
    return text === undefined ? undefined : given(utf8(text), target, at, opening !== undefined);
  }

  receive(bytes: Uint8Array, start: number, end: number): Violation | undefined {
    if (this.refusal === undefined) this.received.push(new TextDecoder().decode(bytes.subarray(start, end)));
    return this.refusal;
  }

  receiveRest(isAll: boolean): void {
    this.onRest?.(isAll);
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
