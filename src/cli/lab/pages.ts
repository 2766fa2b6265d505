// The pages of the lab that are open now: who they are, and what one may take. A page is as long as its control socket; its parts
// hang what they hold for it on its signal. Knows nothing of HTTP and of sockets.
import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { controlClose } from "./wire.ts";

/** What one page, and all of them, may take. */
export const pageLimits = {
  pages: 64,
  hours: 12,
  bytes: 2_000_000_000,
} as const;

/** How a page is reached, and ended. */
export interface PageLine {
  send(part: string, message: unknown): void;
  close(code: number, reason: string): void;
}

export class LabPage {
  readonly id: string = randomBytes(16).toString("base64url");
  readonly #line: PageLine;
  readonly #gone = new AbortController();
  #bytesLeft: number = pageLimits.bytes;

  constructor(line: PageLine) {
    this.#line = line;
    // Whatever is held for the page listens.
    setMaxListeners(0, this.#gone.signal);
  }

  /** Aborted when the page has gone: end whatever was begun for it. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  /** Says something to the part `part` on the page, if it is in view. JSON. */
  tell(part: string, message: unknown): void {
    if (!this.signal.aborted) this.#line.send(part, message);
  }

  /** To be called for what is sent for this page. False, and the page is on its way out, when it had its share. */
  spend(bytes: number): boolean {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return true;
    this.#line.close(controlClose.tooMuch, "This page has moved as many bytes as one may. Load it again.");
    return false;
  }

  /** @internal */
  leave(): void {
    this.#gone.abort();
  }
}

export class LabPages {
  readonly #pages = new Map<string, LabPage>();

  get count(): number {
    return this.#pages.size;
  }

  /** Undefined, and the line is closed, if there are too many. */
  enter(line: PageLine): LabPage | undefined {
    if (this.#pages.size >= pageLimits.pages) {
      line.close(controlClose.full, `The lab has ${pageLimits.pages} pages open, as many as it takes.`);
      return undefined;
    }
    const page = new LabPage(line);
    this.#pages.set(page.id, page);
    const timer = setTimeout(() => {
      line.close(controlClose.tooLong, `This page was here for ${pageLimits.hours} hours. Load it again.`);
    }, pageLimits.hours * 3_600_000);
    timer.unref();
    page.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      this.#pages.delete(page.id);
    });
    return page;
  }

  /** The page with this id, while it is open. */
  find(id: string | null | undefined): LabPage | undefined {
    return this.#pages.get(id ?? "");
  }

  /** Everybody has to go. */
  close(): void {
    for (const page of this.#pages.values()) page.leave();
  }
}
