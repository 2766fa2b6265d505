// The conversation as the reader sees it. Messages of one person that follow closely share a head; comings and goings
// that follow each other share a line. Stays at the newest message unless the reader has scrolled up, and then counts
// what is below. What was sent and has no receipt yet stands at the very end.
import type { Said } from "../../src/cli/chat/wire.ts";
import type { Pending } from "./conversation.ts";
import { element, make, makeAvatar } from "./elements.ts";
import { dayText, isSameDay, makeTime } from "./time-text.ts";

const sameHeadMs = 5 * 60_000;
const shownCount = 500;
const atEndPixels = 48;
const quietMs = 1_000;

export class LogView {
  readonly #scroll = element("scroll", HTMLDivElement);
  readonly #log = element("log", HTMLDivElement);
  readonly #pending = element("pending", HTMLDivElement);
  readonly #empty = element("empty", HTMLDivElement);
  readonly #newer = element("newer", HTMLButtonElement);
  #last: Said | undefined;
  #movements: Movements | undefined;
  #newerCount = 0;
  #isAtEnd = true;
  #quietTimer: number | undefined;

  constructor() {
    this.#newer.addEventListener("click", () => {
      this.scrollToEnd();
      this.#scroll.focus();
    });
    this.#scroll.addEventListener("scroll", () => {
      this.#isAtEnd = this.#distanceToEnd() < atEndPixels;
      if (this.#isAtEnd) this.#countNewer(0);
    });
    // The keyboard of a phone, a banner or a wrapped line takes height away; who was at the end stays there.
    new ResizeObserver(() => this.#follow()).observe(this.#scroll);
  }

  clear(): void {
    this.#log.replaceChildren();
    this.#pending.replaceChildren();
    this.#empty.hidden = true;
    this.#last = undefined;
    this.#movements = undefined;
    this.scrollToEnd();
  }

  /** What was said before the reader came. Screen readers are spared the recital, and the reader starts at its end. */
  addHistory(messages: readonly Said[], ownName: string): void {
    this.#log.setAttribute("aria-live", "off");
    clearTimeout(this.#quietTimer);
    // Assistive technology looks at the page some time after the change; only then may the log speak up again.
    this.#quietTimer = setTimeout(() => this.#log.setAttribute("aria-live", "polite"), quietMs);
    for (const message of messages) this.#append(message, ownName);
    this.#settle();
    this.scrollToEnd();
  }

  add(message: Said, ownName: string): void {
    this.#append(message, ownName);
    this.#settle();
    if (!this.#isAtEnd) this.#countNewer(this.#newerCount + 1);
  }

  addNotice(text: string): void {
    this.#last = undefined;
    this.#movements = undefined;
    this.#log.append(make("p", "notice", text));
    this.#settle();
  }

  addMovement(name: string, direction: "joined" | "left"): void {
    if (this.#movements === undefined) {
      this.#movements = new Movements();
      this.#log.append(this.#movements.line);
      this.#last = undefined;
    }
    this.#movements.add(name, direction);
    this.#settle();
  }

  addPending(pending: Pending, ownName: string): void {
    const isFirst = this.#pending.childElementCount === 0 && this.#last?.name !== ownName;
    const row = make("div", isFirst ? "message first waiting" : "message waiting");
    row.dataset["key"] = pending.key;
    if (isFirst) row.append(makeAvatar(ownName), makeHead(ownName, true));
    const text = make("p", "message-text", pending.text);
    text.dir = "auto";
    row.append(text, make("p", "message-state", "Waiting for the connection"));
    this.#pending.append(row);
    this.#settle();
    this.scrollToEnd();
  }

  /** While nothing can be sent, the rows without a receipt say that they wait; else their colour tells enough. */
  set isSending(isSending: boolean) {
    this.#pending.classList.toggle("held", !isSending);
    this.#follow();
  }

  scrollToEnd(): void {
    this.#isAtEnd = true;
    this.#countNewer(0);
    this.#follow();
  }

  #append(message: Said, ownName: string): void {
    for (const row of this.#pending.children) {
      if (message.name === ownName && row instanceof HTMLElement && row.dataset["key"] === message.key) row.remove();
    }
    const last = this.#last;
    const isNewDay = last === undefined ? this.#log.childElementCount === 0 : !isSameDay(last.at, message.at);
    if (isNewDay) this.#log.append(make("p", "day", dayText(message.at)));
    const isFirst = isNewDay || last === undefined || last.name !== message.name || message.at - last.at > sameHeadMs;
    this.#log.append(makeRow(message, isFirst, message.name === ownName));
    this.#last = message;
    this.#movements = undefined;
  }

  #settle(): void {
    while (this.#log.childElementCount > shownCount) this.#log.firstElementChild?.remove();
    this.#empty.hidden = this.#log.querySelector(".message") !== null || this.#pending.childElementCount > 0;
    this.#follow();
  }

  #follow(): void {
    if (this.#isAtEnd) this.#scroll.scrollTop = this.#scroll.scrollHeight;
  }

  #distanceToEnd(): number {
    return this.#scroll.scrollHeight - this.#scroll.scrollTop - this.#scroll.clientHeight;
  }

  #countNewer(count: number): void {
    this.#newerCount = count;
    this.#newer.hidden = count === 0;
    this.#newer.textContent = count === 1 ? "1 new message" : `${count} new messages`;
  }
}

/** One line for neighbours: "Ada and Ben joined. Cy left." Whoever joins and leaves in the same line leaves no trace of the first. */
class Movements {
  readonly line = make("p", "notice");
  readonly #directions = new Map<string, "joined" | "left">();

  add(name: string, direction: "joined" | "left"): void {
    this.#directions.delete(name);
    this.#directions.set(name, direction);
    this.line.replaceChildren();
    for (const each of ["joined", "left"] as const) this.#write(each);
  }

  #write(direction: "joined" | "left"): void {
    const names = [...this.#directions].filter((entry) => entry[1] === direction).map(([name]) => name);
    if (names.length === 0) return;
    const shown = names.length > 4 ? names.slice(-3) : names;
    const hiddenCount = names.length - shown.length;
    shown.forEach((name, index) => {
      if (index > 0) this.line.append(index === shown.length - 1 && hiddenCount === 0 ? " and " : ", ");
      this.line.append(make("bdi", "", name));
    });
    this.line.append(hiddenCount > 0 ? ` and ${hiddenCount} more ${direction}. ` : ` ${direction}. `);
  }
}

function makeRow(message: Said, isFirst: boolean, isOwn: boolean): HTMLElement {
  const row = make("article", isFirst ? "message first" : "message");
  const text = make("p", "message-text", message.text);
  text.dir = "auto";
  const time = makeTime(message.at);
  if (isFirst) {
    const head = makeHead(message.name, isOwn);
    head.append(time);
    row.append(makeAvatar(message.name), head, text);
  } else {
    const aside = make("div", "message-aside");
    aside.append(make("bdi", "unseen", message.name), time);
    row.append(aside, text);
  }
  return row;
}

function makeHead(name: string, isOwn: boolean): HTMLElement {
  const head = make("div", "message-head");
  head.append(make("bdi", "message-name", name));
  if (isOwn) head.append(make("span", "you", "(you)"));
  return head;
}
