// What happens to the page around a connection: it is put away and comes back (back-forward cache, freezing), goes for
// good, is hidden, loses its network or gets another. Sorts the browser's events into few words; what follows from them is
// the line's to decide (wire/session-v1 §3.3, "Page leaves"). Where there is no page, nothing of it ever happens.
import { look, type Globals, type Listenable } from "./globals.ts";

export interface LifeOwner {
  /** Put away, perhaps to come back: whatever holds a connection lets go of it now, and keeps what it has. */
  receiveLeft(): void;
  /** Back from where it was put away. */
  receiveReturned(): void;
  /** Gone for good, as far as the browser knows. Only what is sent in this turn has a chance. */
  receiveEnded(): void;
  receiveHidden(isHidden: boolean): void;
  /** The browser knows for certain when there is no network; that there is one it only guesses. */
  receiveOnline(isOnline: boolean): void;
  /** Another network: what was learned about the last one no longer holds. */
  receiveNetworkChanged(): void;
}

export class Life {
  readonly #globals: Globals;
  readonly #owner: LifeOwner;
  #state: "here" | "away" | "ended" = "here";
  #networkType: string | undefined;
  #unheard: (() => void)[] = [];

  constructor(globals: Globals, owner: LifeOwner) {
    this.#globals = globals;
    this.#owner = owner;
    const navigator = look(globals, "navigator");
    const connection = look(navigator, "connection");
    this.#networkType = connection?.type;
    const window = look(globals, "addEventListener") === undefined ? undefined : (globals as Listenable);
    if (window !== undefined) {
      this.#hear(window, "pagehide", (event) => this.#receiveHide(event));
      this.#hear(window, "pageshow", () => this.#return());
      this.#hear(window, "online", () => owner.receiveOnline(true));
      this.#hear(window, "offline", () => owner.receiveOnline(false));
    }
    const document = look(globals, "document");
    if (document !== undefined) {
      this.#hear(document, "freeze", () => this.#leave());
      this.#hear(document, "resume", () => this.#return());
      this.#hear(document, "visibilitychange", () => {
        // A page that is seen is a page that is back, whichever event was forgotten on the way.
        if (!this.isHidden) this.#return();
        owner.receiveHidden(this.isHidden);
      });
    }
    if (connection !== undefined) this.#hear(connection, "change", () => this.#receiveConnection(connection.type));
  }

  get isHidden(): boolean {
    return look(look(this.#globals, "document"), "visibilityState") === "hidden";
  }

  get isOnline(): boolean {
    return look(look(this.#globals, "navigator"), "onLine") !== false;
  }

  /** Whether the page is put away. */
  get isAway(): boolean {
    return this.#state !== "here";
  }

  /** Something else that ends when nobody hears of the page any more. */
  onClose(stop: () => void): void {
    this.#unheard.push(stop);
  }

  /** Takes every listener away; the owner hears nothing more. */
  close(): void {
    for (const unhear of this.#unheard) unhear();
    this.#unheard = [];
  }

  #hear(target: Listenable, type: string, listener: (event: object) => void): void {
    target.addEventListener(type, listener);
    this.#unheard.push(() => target.removeEventListener(type, listener));
  }

  #receiveHide(event: object): void {
    if ("persisted" in event && event.persisted === true) {
      this.#leave();
    } else if (this.#state !== "ended") {
      this.#state = "ended";
      this.#owner.receiveEnded();
    }
  }

  #leave(): void {
    if (this.#state !== "here") return;
    this.#state = "away";
    this.#owner.receiveLeft();
  }

  #return(): void {
    if (this.#state !== "away") return;
    this.#state = "here";
    this.#owner.receiveReturned();
  }

  /** The event also comes with every new estimate of the speed; only another kind of network is another network. */
  #receiveConnection(type: string | undefined): void {
    if (type === this.#networkType) return;
    this.#networkType = type;
    this.#owner.receiveNetworkChanged();
  }
}
