// What is open now: a row for each session and each plain connection. Rows stay where they are while their numbers change, so that one
// can be pointed at.
import type { ConnectionView, SessionView } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { carrierName } from "./carriers.ts";
import { bytesText, countText } from "./number-text.ts";
import type { Rates } from "./rates.ts";
import { shownLine } from "./shown-text.ts";
import { plural } from "./totals-view.ts";

export type Row = ConnectionView | SessionView;

interface Drawn {
  readonly item: HTMLLIElement;
  readonly button: HTMLButtonElement;
  readonly badge: HTMLElement;
  readonly name: HTMLElement;
  readonly note: HTMLElement;
  readonly rate: HTMLElement;
  readonly waits: HTMLElement;
}

export function carrierText(row: Row): string {
  if (row.kind === "connection") return "plain WebSocket";
  return row.transport === undefined ? "no transport" : `session over ${carrierName(row.transport)}`;
}

/** Its address: of a session those of its channels. */
export function rowTitle(row: Row): string {
  if (row.kind === "connection") return shownLine(row.target);
  const targets = row.channels.map(({ target }) => shownLine(target));
  return targets.length === 0 ? "no channels" : targets.join("  ");
}

/** Bytes that wait in it, for whatever reason. */
export function waitingBytes(row: Row): number {
  return row.kind === "connection" ? row.bufferedBytes : row.retainedBytes + row.queuedBytes;
}

/** Of the application, both ways, since somebody looks; of a session those of its channels. */
function messagesOf(row: Row): { readonly messagesIn: number; readonly messagesOut: number } {
  const sockets = row.kind === "session" ? row.channels : [row];
  let [messagesIn, messagesOut] = [0, 0];
  for (const { messages } of sockets) {
    messagesIn += messages?.messagesIn ?? 0;
    messagesOut += messages?.messagesOut ?? 0;
  }
  return { messagesIn, messagesOut };
}

/** More than this waiting is worth a look. */
const MUCH_BYTES = 64 * 1024;

export class RowsView {
  readonly #list = element("rows", HTMLUListElement);
  readonly #drawn = new Map<string, Drawn>();
  readonly #choose: (id: string) => void;

  constructor(choose: (id: string) => void) {
    this.#choose = choose;
  }

  show(
    rows: readonly Row[],
    rates: Rates,
    at: number,
    chosen: string,
    found: { count: number; omitted: number },
    isSearch: boolean,
  ): void {
    const gone = new Set(this.#drawn.keys());
    for (const row of rows) {
      gone.delete(row.id);
      this.#draw(row, rateText(row, rates, at), chosen);
    }
    for (const id of gone) {
      this.#drawn.get(id)?.item.remove();
      this.#drawn.delete(id);
    }
    this.#place(rows);
    element("open-count", HTMLElement).textContent = countText(found.count);
    const empty = element("rows-empty", HTMLElement);
    empty.hidden = rows.length > 0;
    empty.textContent = isSearch
      ? "Nothing that is open fits this search."
      : "Nobody is connected. As soon as somebody is, it appears here.";
    const more = element("rows-more", HTMLElement);
    more.hidden = found.omitted === 0;
    more.textContent = `${plural(found.omitted, "more")} fit as well: search for fewer.`;
  }

  focus(id: string): void {
    this.#drawn.get(id)?.button.focus();
  }

  #place(rows: readonly Row[]): void {
    const focused = document.activeElement;
    let next = this.#list.firstElementChild;
    for (const { id } of rows) {
      const item = this.#drawn.get(id)?.item;
      if (item === undefined) continue;
      if (item === next) next = next.nextElementSibling;
      else this.#list.insertBefore(item, next);
    }
    // What is moved loses the focus.
    if (focused instanceof HTMLElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
  }

  #draw(row: Row, rate: string, chosen: string): void {
    const drawn = this.#drawn.get(row.id) ?? this.#add(row.id);
    const { button, badge, name, note, waits } = drawn;
    badge.textContent = row.kind === "session" ? "session" : "plain";
    badge.dataset["kind"] = row.kind === "session" && row.transport === undefined ? "parked" : row.kind;
    name.textContent = rowTitle(row);
    const channels = row.kind === "session" ? `, ${plural(row.channels.length, "channel")}` : "";
    note.textContent = `${row.id} · ${row.remoteAddress} · ${carrierText(row)}${channels}`;
    drawn.rate.textContent = rate;
    const waiting = waitingBytes(row);
    waits.textContent = waiting === 0 ? "" : `${bytesText(waiting)} wait`;
    waits.dataset["much"] = String(waiting >= MUCH_BYTES);
    button.setAttribute("aria-pressed", String(row.id === chosen));
  }

  #add(id: string): Drawn {
    const item = make("li", "row-item");
    const button = make("button", "row");
    button.type = "button";
    button.dataset["id"] = id;
    button.addEventListener("click", () => this.#choose(id));
    const [badge, name, note] = [make("span", "badge"), make("span", "row-name"), make("span", "row-note")];
    const [rate, waits] = [make("span", "row-rate"), make("span", "row-waits")];
    button.append(badge, name, rate, note, waits);
    item.append(button);
    this.#list.append(item);
    const drawn = { item, button, badge, name, note, rate, waits };
    this.#drawn.set(id, drawn);
    return drawn;
  }
}

/** Messages of the application, both ways; of a session those of its channels. */
function rateText(row: Row, rates: Rates, at: number): string {
  const grown = rates.note(row.id, at, { ...messagesOf(row) });
  return `↓ ${countText(grown["messagesIn"] ?? 0)} ↑ ${countText(grown["messagesOut"] ?? 0)} msg/s`;
}
