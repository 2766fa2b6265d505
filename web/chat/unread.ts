// The window title: the room, and how much was said in it while nobody looked.

export class Unread {
  #room = "";
  #count = 0;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#reset());
  }

  showRoom(room: string): void {
    this.#room = room;
    this.#reset();
  }

  /** Somebody else said something. */
  count(): void {
    if (!document.hidden) return;
    this.#count += 1;
    this.#write();
  }

  #reset(): void {
    this.#count = 0;
    this.#write();
  }

  #write(): void {
    document.title = `${this.#count > 0 ? `(${this.#count}) ` : ""}#${this.#room} · Longwire`;
  }
}
