// What happened: why connections ended, who was refused and why, what handlers threw. The newest first, a few hundred.
import { describeCloseCode } from "longwire/protocol";
import type { Closed, ClosedCause, Happening } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { clockText, countText } from "./number-text.ts";
import { shownLine } from "./shown-text.ts";

const MOST_SHOWN = 300;

export class HappeningsView {
  readonly #list = element("events", HTMLElement);
  #count = 0;
  /** How those ended that are not there any more, by id. */
  readonly #ends = new Map<string, string>();

  /** Those that are kept, or that have come since. */
  add(happenings: readonly Happening[]): void {
    for (const happening of happenings) {
      // What has opened is in the list of what is open.
      if (happening.kind === "opened") continue;
      this.#count++;
      this.#list.prepend(draw(happening));
      if ("id" in happening) this.#ends.set(happening.id, endText(happening));
      const [oldest = ""] = this.#ends.keys();
      if (this.#ends.size > MOST_SHOWN) this.#ends.delete(oldest);
    }
    while (this.#list.children.length > MOST_SHOWN) this.#list.lastElementChild?.remove();
    element("event-count", HTMLElement).textContent = countText(this.#count);
    element("events-empty", HTMLElement).hidden = this.#count > 0;
  }

  /** How the one with this id ended, as far as that is known. */
  endOf(id: string): string | undefined {
    return this.#ends.get(id);
  }

  clear(): void {
    this.#count = 0;
    this.#ends.clear();
    this.#list.replaceChildren();
  }
}

function draw(happening: Exclude<Happening, { kind: "opened" }>): HTMLElement {
  const item = make("li", "event");
  const { name, text, note, isFault } = words(happening);
  item.dataset["fault"] = String(isFault);
  const head = make("p", "event-head");
  head.append(
    make("span", "event-time", clockText(happening.at).slice(0, 8)),
    make("span", "event-name", name),
    make("span", "event-text", text),
  );
  item.append(head);
  if (note !== "") item.append(make("p", "event-note", note));
  return item;
}

function endText(happening: Extract<Happening, { kind: "closed" | "session-ended" }>): string {
  const { code, reason } = happening;
  const said = reason === "" ? "" : ` “${shownLine(reason)}”`;
  if (happening.kind === "session-ended") return `The session is over, ${sessionEnds[happening.by]}: ${code}${said}.`;
  const { cause } = happening;
  const why = cause === undefined ? describeCloseCode(code).meaning : causeText(cause);
  return `It has closed with ${code}${said}. ${why}`;
}

/** Codes that say that something went wrong, whoever chose them. */
const blames = new Set([1002, 1003, 1007, 1008, 1009, 1010, 1011, 1013, 1014]);

interface Words {
  readonly name: string;
  readonly text: string;
  readonly note: string;
  readonly isFault: boolean;
}

function words(happening: Exclude<Happening, { kind: "opened" }>): Words {
  switch (happening.kind) {
    case "closed":
      return closedWords(happening);
    case "refused": {
      const { status, target, remoteAddress, message, code } = happening;
      const who = `${shownLine(target)} from ${remoteAddress}`;
      return { name: `refused ${status}`, text: who, note: `${shownLine(message)} [${code}]`, isFault: true };
    }
    case "session-ended": {
      const { id, by, code, reason } = happening;
      const why = sessionEnds[by];
      return {
        name: "session over",
        text: `${id}, ${why}`,
        note: `${code} ${shownLine(reason)}`.trim(),
        isFault: by === "expired",
      };
    }
    case "fault":
      return {
        name: "handler threw",
        text: shownLine(happening.where),
        note: "What it threw is in the server's log.",
        isFault: true,
      };
  }
}

const sessionEnds = {
  bye: "its client said goodbye",
  gone: "it was not there any more",
  expired: "nobody came back for it in time",
  local: "the server ended it",
} as const;

function closedWords({ code, reason, cause, id, what, target, remoteAddress }: Closed): Words {
  const known = describeCloseCode(code);
  const said = reason === "" ? "" : ` “${shownLine(reason)}”`;
  const why = cause === undefined ? known.meaning : causeText(cause);
  return {
    name: `closed ${code}`,
    text: `${what === "channel" ? "channel of " : ""}${shownLine(target)} from ${remoteAddress} (${id})${said}`,
    note: why,
    isFault: cause !== undefined || blames.has(code),
  };
}

function causeText({ code, message, closeCode }: ClosedCause): string {
  const told = closeCode === undefined || closeCode === 1006 ? "" : `, told ${closeCode}`;
  return `${shownLine(message)} [${code}${told}]`;
}
