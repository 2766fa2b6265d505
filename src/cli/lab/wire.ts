// What the lab's page and its half on the server say on the control socket, `/lab/control`: JSON, one object per message. The
// socket is the page's life: it begins with the id under which all else of this page goes, and everything of it ends with it.

/** From the server. */
export type ControlAnswer =
  | {
      readonly type: "page";
      /** Unguessable; goes with every request of this page as `?page=` and into the paths of its sockets. */
      readonly page: string;
    }
  | {
      readonly type: "time";
      /** What the page had asked with. */
      readonly asked: number;
      /** The server's clock, ms. */
      readonly now: number;
    }
  | { readonly type: "part"; readonly part: string; readonly message: unknown };

/** From the page. */
export type ControlRequest =
  | { readonly type: "time"; readonly asked: number }
  | { readonly type: "part"; readonly part: string; readonly message: unknown };

/** Close codes of the control socket, so that the page knows what to say. */
export const controlClose = {
  /** As many pages as the lab takes are open. */
  full: 4001,
  /** The page was there for as long as one may be. */
  tooLong: 4002,
  /** The page moved as many bytes as one may. */
  tooMuch: 4003,
} as const;

/** Undefined for what is none. */
export function parseControlRequest(text: string): ControlRequest | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined;
  if (value.type === "time" && "asked" in value && typeof value.asked === "number") {
    return { type: "time", asked: value.asked };
  }
  if (value.type === "part" && "part" in value && typeof value.part === "string") {
    return { type: "part", part: value.part, message: "message" in value ? value.message : undefined };
  }
  return undefined;
}
