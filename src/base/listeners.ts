// The listeners of one surface, so that an exception in one of them harms nobody: each is wrapped once, and what it
// throws or rejects with goes to the surface's report. Also the event handler attributes (`onmessage` …), as HTML's
// "event handler" chapter has them. Made on first use: a socket without listeners pays nothing. The list itself, its order, `once`
// and `signal` stay with the platform's EventTarget.

/** What `addEventListener` takes. */
export type Listener<E extends Event> = ((event: E) => unknown) | { handleEvent(event: E): unknown } | null | undefined;

export interface ListenerOptions {
  capture?: boolean;
  once?: boolean;
  passive?: boolean;
  signal?: AbortSignal;
}

type Guard = (this: unknown, event: Event) => void;

interface Attribute {
  value: object;
  readonly listener: (this: unknown, event: Event) => unknown;
}

export class Listeners {
  readonly #report: (error: unknown) => void;
  // Weak, so that a listener that was removed is not kept.
  readonly #guards = new WeakMap<object, Guard>();
  readonly #attributes = new Map<string, Attribute>();
  readonly #heard = new Set<string>();

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Whether anyone ever listened to `type`. Does not go back to false: counting removals costs more than a spare event. */
  hears(type: string): boolean {
    return this.#heard.has(type);
  }

  /** What to hand to the platform in place of `listener`. The same each time, so its rule against doubles still holds. */
  guard(type: string, listener: unknown): Guard {
    // The platform has its own opinion of what is no listener.
    if (!isObject(listener)) return listener as Guard;
    this.#heard.add(type);
    let guard = this.#guards.get(listener);
    if (guard === undefined) {
      guard = createGuard(listener, this.#report);
      this.#guards.set(listener, guard);
    }
    return guard;
  }

  /** What was handed to the platform for `listener`; itself if nothing was. */
  guardOf(listener: unknown): Guard {
    return (isObject(listener) ? this.#guards.get(listener) : undefined) ?? (listener as Guard);
  }

  attribute(type: string): object | null {
    return this.#attributes.get(type)?.value ?? null;
  }

  /**
   * Sets the event handler attribute of `type`. It takes its place among the listeners when it stops being null, keeps it
   * while it is replaced, and gives it up with null. What is not an object counts as null; an object that cannot be called
   * is kept and not called (Web IDL, [LegacyTreatNonObjectAsNull]).
   */
  setAttribute(target: EventTarget, type: string, value: unknown): void {
    const current = this.#attributes.get(type);
    if (!isObject(value)) {
      if (current === undefined) return;
      this.#attributes.delete(type);
      target.removeEventListener(type, current.listener);
    } else if (current !== undefined) {
      current.value = value;
    } else {
      const attribute: Attribute = {
        value,
        listener(event) {
          return typeof attribute.value === "function" ? attribute.value.call(this, event) : undefined;
        },
      };
      this.#attributes.set(type, attribute);
      target.addEventListener(type, attribute.listener);
    }
  }
}

function createGuard(listener: object, report: (error: unknown) => void): Guard {
  return function guard(event) {
    try {
      let result: unknown;
      if (typeof listener === "function") {
        result = listener.call(this, event);
      } else {
        // Looked up at each event, not when added (DOM, "inner invoke", through Web IDL's callback interfaces).
        result = (listener as { handleEvent(event: Event): unknown }).handleEvent(event);
      }
      if (typeof result === "object" && result !== null && "then" in result && typeof result.then === "function") {
        Promise.resolve(result).catch(report);
      }
    } catch (error) {
      report(error);
    }
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "function" || (typeof value === "object" && value !== null);
}
