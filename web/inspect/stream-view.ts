// What passes on the chosen connection: a row for each frame or packet, opened by a click to what it says. Keeps the last two thousand;
// paused, it keeps and counts but does not move; a filter hides and loses nothing; what is kept can be taken away as JSON.
import type { CaptureEnd, ShownEntry } from "longwire/inspector";
import { element, make } from "../chat/elements.ts";
import { type EntryText, entryText } from "./entry-text.ts";
import { bytesText, clockText, countText } from "./number-text.ts";
import { hasPayload, payloadText } from "./payload-text.ts";
import { plural } from "./totals-view.ts";

const MOST_KEPT = 2_000;

interface Kept {
  readonly entry: ShownEntry;
  readonly text: EntryText;
  readonly searched: string;
}

export interface StreamEvents {
  /** Payloads shall be shown, or hidden again. */
  receivePayloads(wanted: boolean): void;
  /** What has ended shall go on. */
  receiveAgain(): void;
}

type Show = "all" | "data" | "control" | "in" | "out";

const shows: Readonly<Record<Show, string>> = {
  all: "Everything",
  data: "Messages",
  control: "Control only",
  in: "From the client",
  out: "To the client",
};

export class StreamView {
  readonly #list = element("entries", HTMLOListElement);
  readonly #empty = element("entries-empty", HTMLElement);
  readonly #events: StreamEvents;
  readonly #payloads = make("button", "quiet-button", "Show payloads");
  readonly #pause = make("button", "quiet-button", "Pause");
  readonly #again = make("button", "quiet-button", "Go on");
  readonly #filter = make("input", "stream-filter");
  readonly #show = make("select", "stream-show");
  readonly #note = make("span", "stream-note");
  #kept: Kept[] = [];
  #waiting: Kept[] = [];
  #isPaused = false;
  #droppedCount = 0;
  #isSession = false;
  #waitingBytes = 0;
  #hasBegun = false;
  #id = "";

  constructor(events: StreamEvents) {
    this.#events = events;
    const clear = make("button", "quiet-button", "Clear");
    const save = make("button", "quiet-button", "Export JSON");
    for (const button of [this.#payloads, this.#pause, this.#again, clear, save]) button.type = "button";
    this.#payloads.id = "payloads";
    this.#pause.id = "pause";
    this.#again.id = "again";
    save.id = "export";
    this.#filter.id = "filter";
    this.#filter.type = "search";
    this.#filter.placeholder = "Filter";
    this.#filter.setAttribute("aria-label", "Show only what contains this");
    this.#show.id = "show";
    this.#show.setAttribute("aria-label", "What is shown");
    for (const [value, title] of Object.entries(shows)) this.#show.append(new Option(title, value));
    this.#note.setAttribute("role", "status");
    element("stream-tools", HTMLElement).append(
      this.#payloads,
      this.#pause,
      this.#again,
      this.#filter,
      this.#show,
      clear,
      save,
      this.#note,
    );
    this.#payloads.addEventListener("click", () => this.#togglePayloads());
    this.#pause.addEventListener("click", () => this.#setPaused(!this.#isPaused));
    this.#again.addEventListener("click", () => {
      this.#again.hidden = true;
      this.#events.receiveAgain();
    });
    this.#filter.addEventListener("input", () => this.#redraw());
    this.#show.addEventListener("change", () => this.#redraw());
    clear.addEventListener("click", () => this.#clear());
    save.addEventListener("click", () => this.#export());
  }

  /** Begins with another connection; payloads are hidden again. */
  begin(id: string, isSession: boolean): void {
    this.#id = id;
    this.#isSession = isSession;
    this.#hasBegun = false;
    element("stream-title", HTMLElement).textContent = isSession ? "Packets and envelopes" : "Frames";
    this.#payloads.setAttribute("aria-pressed", "false");
    this.#payloads.textContent = "Show payloads";
    this.#again.hidden = true;
    this.#setPaused(false);
    this.#clear();
  }

  /** So much waits in a plain connection, which is never between two messages then: nothing of it can be shown. */
  setWaiting(bytes: number): void {
    if (bytes === this.#waitingBytes) return;
    this.#waitingBytes = bytes;
    if (this.#kept.length === 0) this.#showNote();
  }

  get wantsPayloads(): boolean {
    return this.#payloads.getAttribute("aria-pressed") === "true";
  }

  add(entries: readonly ShownEntry[], dropped: number): void {
    this.#hasBegun = true;
    this.#droppedCount += dropped;
    const kept = entries.map((entry): Kept => {
      const text = entryText(entry);
      return { entry, text, searched: `${text.name} ${text.summary} ${text.payload?.text ?? ""}`.toLowerCase() };
    });
    if (this.#isPaused) {
      this.#waiting.push(...kept);
      if (this.#waiting.length > MOST_KEPT) this.#waiting = this.#waiting.slice(-MOST_KEPT);
      this.#showNote();
      return;
    }
    this.#append(kept);
  }

  end(why: CaptureEnd): void {
    this.#again.hidden = why !== "time";
    if (why === "time") this.#note.textContent = "Stopped after ten minutes, so that nothing is forgotten running.";
    else this.#note.textContent = "It is over.";
  }

  #append(kept: readonly Kept[]): void {
    this.#kept.push(...kept);
    const isAtEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < 40;
    this.#list.append(...kept.filter((one) => this.#isShown(one)).map(drawEntry));
    if (this.#kept.length > MOST_KEPT) this.#kept = this.#kept.slice(-MOST_KEPT);
    while (this.#list.children.length > MOST_KEPT) this.#list.firstElementChild?.remove();
    if (isAtEnd) this.#list.scrollTop = this.#list.scrollHeight;
    this.#showNote();
  }

  #redraw(): void {
    this.#list.replaceChildren(...this.#kept.filter((one) => this.#isShown(one)).map(drawEntry));
    this.#list.scrollTop = this.#list.scrollHeight;
    this.#showNote();
  }

  #isShown({ entry, text, searched }: Kept): boolean {
    const words = this.#filter.value.trim().toLowerCase();
    if (words !== "" && !searched.includes(words)) return false;
    const show = this.#show.value as Show;
    if (show === "all" || text.class === "event") return true;
    if (show === "data" || show === "control") return text.class === show;
    return "direction" in entry && entry.direction === show;
  }

  #showNote(): void {
    const shown = this.#list.children.length;
    this.#empty.hidden = shown > 0;
    this.#empty.textContent = this.#emptyText;
    const parts = [plural(this.#kept.length, "entry").replace("entrys", "entries")];
    if (this.#waiting.length > 0) parts.push(`${countText(this.#waiting.length)} more since the pause`);
    if (this.#droppedCount > 0) parts.push(`${countText(this.#droppedCount)} left out: too many at once`);
    this.#note.textContent = parts.join(", ");
  }

  get #emptyText(): string {
    if (this.#kept.length > 0) return "Nothing of what passed fits the filter.";
    if (!this.#hasBegun) return "The server is asked to show what passes.";
    if (!this.#isSession && this.#waitingBytes > 0) {
      return `Frames are shown from the next pause between two messages on. While ${bytesText(this.#waitingBytes)} wait for the client to read there is none.`;
    }
    return `Nothing has passed since you look on. ${this.#isSession ? "Packets" : "Frames"} appear as they come and go.`;
  }

  #setPaused(isPaused: boolean): void {
    this.#isPaused = isPaused;
    this.#pause.setAttribute("aria-pressed", String(isPaused));
    this.#pause.textContent = isPaused ? "Paused" : "Pause";
    if (!isPaused) this.#append(this.#waiting.splice(0));
  }

  #togglePayloads(): void {
    const wanted = !this.wantsPayloads;
    this.#payloads.setAttribute("aria-pressed", String(wanted));
    this.#payloads.textContent = wanted ? "Hide payloads" : "Show payloads";
    this.#events.receivePayloads(wanted);
  }

  #clear(): void {
    this.#kept = [];
    this.#waiting = [];
    this.#droppedCount = 0;
    this.#list.replaceChildren();
    this.#showNote();
  }

  #export(): void {
    const all = [...this.#kept, ...this.#waiting].map(({ entry }) => entry);
    const file = new Blob(
      [JSON.stringify({ connection: this.#id, entries: all, dropped: this.#droppedCount }, undefined, 2)],
      {
        type: "application/json",
      },
    );
    const link = make("a", "");
    link.href = URL.createObjectURL(file);
    link.download = `longwire-${this.#id}.json`;
    link.click();
    // Not before the browser has begun to read it.
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }
}

const arrows = { in: "↓", out: "↑" } as const;
const arrowNames = { in: "from the client", out: "to the client" } as const;

function drawEntry({ entry, text }: Kept): HTMLElement {
  const item = make("li", "entry");
  item.dataset["class"] = text.class;
  const opens = text.payload !== undefined && text.payload.length > 0 && hasPayload(text.payload);
  const line = make(opens ? "button" : "p", "entry-line");
  const arrow = make("span", "entry-arrow");
  if ("direction" in entry) {
    item.dataset["direction"] = entry.direction;
    arrow.textContent = arrows[entry.direction];
    arrow.title = arrowNames[entry.direction];
  }
  const size = "bytes" in entry ? bytesText(entry.bytes) : "";
  line.append(
    make("span", "entry-time", clockText(entry.at)),
    arrow,
    make("span", "entry-name", text.name),
    make("span", "entry-size", size),
    make("span", "entry-summary", text.summary),
  );
  item.append(line);
  if (line instanceof HTMLButtonElement) {
    line.type = "button";
    line.setAttribute("aria-expanded", "false");
    line.addEventListener("click", () => togglePayload(item, line, text));
  }
  return item;
}

function togglePayload(item: HTMLElement, line: HTMLButtonElement, { payload }: EntryText): void {
  const open = item.querySelector(".payload");
  line.setAttribute("aria-expanded", String(open === null));
  if (open !== null) {
    open.remove();
    return;
  }
  if (payload === undefined) return;
  const { form, text } = payloadText(payload);
  const box = make("div", "payload");
  const whole = payload.isCut ? `the first of ${bytesText(payload.length)}` : bytesText(payload.length);
  box.append(make("p", "payload-note", `${formNames[form]}, ${whole}`), make("pre", "payload-text", text));
  item.append(box);
}

const formNames = { json: "JSON", text: "Text", hex: "Bytes", none: "Nothing" } as const;
