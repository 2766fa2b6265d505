// Since the server began: which limits were reached, with which codes connections ended, how handshakes were answered.
import { describeCloseCode, limitTable, type LimitName } from "longwire/protocol";
import type { ServerView } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { carrierName } from "./carriers.ts";
import { countText } from "./number-text.ts";

type Counted = readonly [what: string, count: number, meaning: string];

export class CountsView {
  readonly #root = element("counts", HTMLElement);
  #shown = "";

  show({ limits, closes, handshakes, faultCount, transports, sessionsOpened }: ServerView): void {
    const tables: readonly (readonly [string, readonly Counted[], string])[] = [
      [
        "Limits that were reached",
        entries(limits, (name) => (name in limitTable ? limitTable[name as LimitName].breach : "")),
        "No limit was reached.",
      ],
      ["How connections ended", entries(closes, closeMeaning), "No connection has ended yet."],
      [
        "How handshakes were answered",
        entries(handshakes, (status) => statusMeanings[status] ?? ""),
        "Nobody has asked yet.",
      ],
      [
        "Sessions by what carries them",
        entries(transports, carrierName).filter(([, count]) => count > 0),
        "No session has a transport.",
      ],
      [
        "Besides",
        [
          ["sessions opened", sessionsOpened, "since the server began"],
          ["handlers that threw", faultCount, "each ended its own connection with 1011"],
        ],
        "",
      ],
    ];
    const shown = JSON.stringify(tables);
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#root.replaceChildren(...tables.map(([title, rows, empty]) => draw(title, rows, empty)));
  }
}

function entries(counts: Readonly<Record<string, number>>, meaning: (what: string) => string): Counted[] {
  return Object.entries(counts)
    .map(([what, count]): Counted => [what, count, meaning(what)])
    .toSorted(([, one], [, other]) => other - one);
}

function closeMeaning(label: string): string {
  return /^\d+$/.test(label) ? describeCloseCode(Number(label)).meaning : "codes without a name of their own";
}

const statusMeanings: Readonly<Record<string, string>> = {
  101: "a WebSocket",
  400: "the request was malformed",
  401: "authentication is missing",
  403: "refused: origin, or the application",
  404: "no route there",
  421: "a Host that is not served here",
  426: "a plain request, or another version",
  429: "too many from one address",
  503: "full, or draining",
};

function draw(title: string, rows: readonly Counted[], empty: string): HTMLElement {
  const section = make("section", "count-table");
  section.append(make("h2", "count-title", title));
  if (rows.length === 0) {
    section.append(make("p", "count-empty", empty));
    return section;
  }
  const table = make("table", "");
  for (const [what, count, meaning] of rows) {
    const row = make("tr", "");
    const head = make("th", "", what);
    head.scope = "row";
    row.append(head, make("td", "count-number", countText(count)), make("td", "count-meaning", meaning));
    table.append(row);
  }
  section.append(table);
  return section;
}
