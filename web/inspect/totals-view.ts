// The server as a whole: numbers that matter when something costs too much, with the last minute of what passes. Built once,
// written over each second.
import type { ServerView } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { bytesText, countText } from "./number-text.ts";
import type { Rates } from "./rates.ts";
import { Spark } from "./spark.ts";

interface Total {
  readonly value: HTMLElement;
  readonly note: HTMLElement;
  readonly spark: Spark | undefined;
}

type Name = "connections" | "sessions" | "messages" | "bytes" | "waiting" | "memory";

const names: Readonly<Record<Name, string>> = {
  connections: "Plain connections",
  sessions: "Sessions",
  messages: "Messages / s",
  bytes: "Bytes / s",
  waiting: "Waiting to leave",
  memory: "Memory of connections",
};

export class TotalsView {
  readonly #totals = new Map<Name, Total>();

  constructor() {
    const root = element("totals", HTMLElement);
    for (const [name, title] of Object.entries(names) as [Name, string][]) {
      const box = make("div", "total");
      const [value, note] = [make("span", "total-value", "–"), make("span", "total-note")];
      const spark = name === "messages" || name === "bytes" ? new Spark() : undefined;
      box.append(make("span", "total-name", title), value, note);
      if (spark !== undefined) box.append(spark.root);
      root.append(box);
      this.#totals.set(name, { value, note, spark });
    }
  }

  show(server: ServerView, rates: Rates): void {
    const { messagesIn, messagesOut, bytesIn, bytesOut } = server;
    const grown = rates.note("server", server.at, { messagesIn, messagesOut, bytesIn, bytesOut });
    const of = (name: string): number => grown[name] ?? 0;
    const at = rates.takenAt("server");
    this.#set(
      "connections",
      countText(server.connectionCount),
      `${countText(server.pendingHandshakeCount)} on their way in`,
    );
    const parked = server.parkedCount === 0 ? "" : `, ${countText(server.parkedCount)} without transport`;
    this.#set("sessions", countText(server.sessionCount), `${plural(server.channelCount, "channel")}${parked}`);
    this.#set(
      "messages",
      countText(of("messagesIn") + of("messagesOut")),
      `${countText(of("messagesIn"))} in, ${countText(of("messagesOut"))} out`,
      { value: of("messagesIn") + of("messagesOut"), at },
    );
    this.#set(
      "bytes",
      bytesText(of("bytesIn") + of("bytesOut")),
      `${bytesText(of("bytesIn"))} in, ${bytesText(of("bytesOut"))} out`,
      { value: of("bytesIn") + of("bytesOut"), at },
    );
    const waiting = server.bufferedBytes + server.outboxBytes;
    this.#set("waiting", bytesText(waiting), `${bytesText(server.outboxBytes)} unacknowledged`);
    const share = (100 * server.heldBytes) / server.budgetBytes;
    this.#set(
      "memory",
      bytesText(server.heldBytes),
      `${share < 0.1 && share > 0 ? "< 0.1" : share.toFixed(1)} % of ${bytesText(server.budgetBytes)}`,
    );
  }

  #set(
    name: Name,
    value: string,
    note: string,
    sample?: { readonly value: number; readonly at: number | undefined },
  ): void {
    const total = this.#totals.get(name);
    if (total === undefined) return;
    total.value.textContent = value;
    total.note.textContent = note;
    if (sample !== undefined) total.spark?.add(sample.value, sample.at);
  }
}

export function plural(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? "" : "s"}`;
}
