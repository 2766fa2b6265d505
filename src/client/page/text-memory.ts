// Short texts that outlive the page, for what was learned about origins and networks: in sessionStorage when the browser
// allows it, otherwise nowhere. Never anything secret: tickets and tokens stay in memory (wire/session-v1 §3.4). Storage
// that is missing, full, forbidden or written to by somebody else costs a slower start and nothing else.
import { look, type Globals, type TextStore } from "./globals.ts";

const prefix = "longwire:";
const longestText = 2_000;

export interface TextMemory {
  /** What was remembered under this key, if it has not expired. */
  recall(key: string): string | undefined;
  /** Remembers `text` until `expiresAt`, in milliseconds of wall time. */
  remember(key: string, text: string, expiresAt: number): void;
  forget(key: string): void;
}

/** `scope` says how long: as long as the tab, or as long as the browser's profile. */
export function createTextMemory(
  globals: Globals,
  wallNow: () => number,
  scope: "sessionStorage" | "localStorage" = "sessionStorage",
): TextMemory {
  const attempt = <Result>(act: (store: TextStore) => Result): Result | undefined => {
    const store = look(globals, scope);
    if (store === undefined) return undefined;
    try {
      return act(store);
    } catch {
      return undefined;
    }
  };
  return {
    recall(key) {
      const kept = attempt((store) => store.getItem(prefix + key)) ?? "";
      const end = kept.indexOf(" ");
      const expiresAt = Number(kept.slice(0, Math.max(0, end)));
      return end > 0 && expiresAt > wallNow() ? kept.slice(end + 1) : undefined;
    },
    remember(key, text, expiresAt) {
      if (text.length <= longestText)
        attempt((store) => store.setItem(prefix + key, `${Math.ceil(expiresAt)} ${text}`));
    },
    forget(key) {
      attempt((store) => store.removeItem(prefix + key));
    },
  };
}
