// The pages of the lab that are open now: who they are, and what one may take. A page is as long as its control socket; its parts
// hang what they hold for it on its signal. Knows nothing of HTTP and of sockets.
import { randomBytes } from "node:crypto";
import { setMaxListeners } from "node:events";
import { controlClose } from "./wire.ts";

/** What one page, and all of them, may take. */
export const pageLimits = {
  pages: 64,
  /** Of one address; a household or an office behind one has room for a class. */
  pagesOfAddress: 16,
  /** Of one page, of each kind: it has one, and for a moment two. */
  socketsOfKind: 8,
  hours: 12,
  bytes: 2_000_000_000,
  /** In so many hours: who loads the page again and again gets no more. */
  bytesOfAddress: 8_000_000_000,
} as const;
/** Of addresses whose pages have gone; beyond it the oldest is forgotten. */
const mostAccounts = 4_096;
const lifeMs = pageLimits.hours * 3_600_000;

/** How a page is reached, and ended. */
export interface PageLine {
  /** Where it comes from: what is counted under one name. */
  readonly address: string;
  send(part: string, message: unknown): void;
  close(code: number, reason: string): void;
}

export class LabPage {
  readonly id: string = randomBytes(16).toString("base64url");
  readonly #line: PageLine;
  readonly #gone = new AbortController();
  readonly #account: Account;
  readonly #sockets = new Map<string, number>();
  #bytesLeft: number = pageLimits.bytes;

  constructor(line: PageLine, account: Account) {
    this.#line = line;
    this.#account = account;
    // Whatever is held for the page listens.
    setMaxListeners(0, this.#gone.signal);
  }

  /** Aborted when the page has gone: end whatever was begun for it. */
  get signal(): AbortSignal {
    return this.#gone.signal;
  }

  get address(): string {
    return this.#line.address;
  }

  /** Says something to the part `part` on the page, if it is in view. JSON. */
  tell(part: string, message: unknown): void {
    if (!this.signal.aborted) this.#line.send(part, message);
  }

  /** To be called for what is sent for this page. False, and the page has gone, when it had its share. */
  spend(bytes: number): boolean {
    if (this.signal.aborted) return false;
    this.#bytesLeft -= bytes;
    this.#account.bytesLeft -= bytes;
    if (this.#account.bytesLeft < 0) this.dismiss(controlClose.tooMuch, tooMuchText);
    else if (this.#bytesLeft < 0)
      this.dismiss(controlClose.tooMuch, "This page has moved as many bytes as one may. Load it again.");
    return !this.signal.aborted;
  }

  /**
   * Counts a socket as one of the page's, of its kind; `end` is called when the page goes. To be given back, with what is returned, when
   * the socket has closed. Undefined: the page has as many as it may.
   */
  hold(kind: string, end: () => void, most: number = pageLimits.socketsOfKind): (() => void) | undefined {
    const count = this.#sockets.get(kind) ?? 0;
    if (count >= most) return undefined;
    this.#sockets.set(kind, count + 1);
    this.signal.addEventListener("abort", end, { once: true });
    return () => {
      this.signal.removeEventListener("abort", end);
      const left = (this.#sockets.get(kind) ?? 1) - 1;
      if (left === 0) this.#sockets.delete(kind);
      else this.#sockets.set(kind, left);
    };
  }

  /** @internal At once: who does not answer the close would otherwise stay a while. */
  dismiss(code: number, reason: string): void {
    this.#line.close(code, reason);
    this.leave();
  }

  /** @internal */
  leave(): void {
    this.#gone.abort();
  }
}

const tooMuchText = `Your address has moved as many bytes as one may in ${pageLimits.hours} hours. Come back later.`;

/** What one address has, and what it may still have. */
class Account {
  pages = 0;
  bytesLeft: number = pageLimits.bytesOfAddress;
  readonly #now: () => number;
  #until: number;

  constructor(now: () => number) {
    this.#now = now;
    this.#until = now() + lifeMs;
  }

  /** After its hours it begins anew. */
  renew(): this {
    if (this.#now() < this.#until) return this;
    this.bytesLeft = pageLimits.bytesOfAddress;
    this.#until = this.#now() + lifeMs;
    return this;
  }
}

export class LabPages {
  readonly #pages = new Map<string, LabPage>();
  readonly #accounts = new Map<string, Account>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get count(): number {
    return this.#pages.size;
  }

  /** Undefined, and the line is closed, if there are too many, or its address has had its share. */
  enter(line: PageLine): LabPage | undefined {
    if (this.#pages.size >= pageLimits.pages) {
      line.close(controlClose.full, `The lab has ${pageLimits.pages} pages open, as many as it takes.`);
      return undefined;
    }
    const account = this.#accountOf(line.address);
    if (account.pages >= pageLimits.pagesOfAddress) {
      const most = pageLimits.pagesOfAddress;
      line.close(controlClose.full, `Your address has ${most} pages of the lab open, as many as one may. Close one.`);
      return undefined;
    }
    if (account.bytesLeft < 0) {
      line.close(controlClose.tooMuch, tooMuchText);
      return undefined;
    }
    const page = new LabPage(line, account);
    account.pages++;
    this.#pages.set(page.id, page);
    const timer = setTimeout(() => {
      page.dismiss(controlClose.tooLong, `This page was here for ${pageLimits.hours} hours. Load it again.`);
    }, lifeMs);
    timer.unref();
    page.signal.addEventListener("abort", () => {
      clearTimeout(timer);
      account.pages--;
      this.#pages.delete(page.id);
    });
    return page;
  }

  #accountOf(address: string): Account {
    const account = this.#accounts.get(address)?.renew() ?? new Account(this.#now);
    this.#accounts.set(address, account);
    if (this.#accounts.size <= mostAccounts) return account;
    for (const [other, { pages }] of this.#accounts) {
      if (pages > 0 || other === address) continue;
      this.#accounts.delete(other);
      break;
    }
    return account;
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
