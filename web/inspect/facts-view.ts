// What is known of one connection or session, as names and values, and the channels of a session with what each side may still send.
import type { ChannelView, SocketView } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { carrierName } from "./carriers.ts";
import { bytesText, clockText, countText, spanText } from "./number-text.ts";
import type { Row } from "./rows-view.ts";
import { shownLine } from "./shown-text.ts";
import { plural } from "./totals-view.ts";

type Fact = readonly [name: string, value: string];

export class FactsView {
  readonly #facts = element("facts", HTMLElement);
  readonly #channels = element("channels", HTMLElement);
  readonly #boxes: Box[] = [];

  show(row: Row, at: number): void {
    fill(this.#facts, row.kind === "connection" ? connectionFacts(row, at) : sessionFacts(row));
    const channels = row.kind === "session" ? row.channels : [];
    // The same boxes as before: whoever has scrolled among them stays where he is.
    for (const { root } of this.#boxes.splice(channels.length)) root.remove();
    for (const [index, channel] of channels.entries()) {
      const box = this.#boxes[index] ?? this.#add();
      box.name.data = `Channel ${channel.channel}`;
      box.address.textContent = shownLine(channel.target);
      box.note.textContent = channelNote(channel, at);
    }
  }

  #add(): Box {
    const box = makeBox();
    this.#boxes.push(box);
    this.#channels.append(box.root);
    return box;
  }
}

function fill(list: HTMLElement, facts: readonly Fact[]): void {
  // The same names in the same places: only values are written, so that one can be marked and copied.
  const values = list.querySelectorAll("dd");
  const names = Array.from(list.querySelectorAll("dt"), (name) => name.textContent);
  if (names.length === facts.length && facts.every(([name], index) => names[index] === name)) {
    for (const [index, [, value]] of facts.entries()) {
      const shown = values[index];
      if (shown !== undefined && shown.textContent !== value) shown.textContent = value;
    }
    return;
  }
  list.replaceChildren(
    ...facts.map(([name, value]) => {
      // What browsers call themselves is long and says little.
      const pair = make("div", name === "Client" ? "fact wide" : "fact");
      pair.append(make("dt", "", name), make("dd", "", value));
      return pair;
    }),
  );
}

function connectionFacts(row: Extract<Row, { kind: "connection" }>, at: number): Fact[] {
  return [
    ["Route", row.route],
    ["Open", openText(row, at)],
    ["From", row.remoteAddress],
    ["Page of", pageText(row)],
    ["Subprotocol", row.protocol === "" ? "none" : shownLine(row.protocol)],
    ["Received", bytesText(row.bytesIn)],
    ["Sent", bytesText(row.bytesOut)],
    ["Messages", messagesText(row)],
    ["Waits for the peer", bytesText(row.bufferedBytes)],
    ["Held in memory", bytesText(row.heldBytes)],
    ["State", stateText(row)],
    ["Topics heard", countText(row.topicCount)],
    ["Client", row.userAgent === undefined ? "says nothing" : shownLine(row.userAgent)],
  ];
}

function sessionFacts(row: Extract<Row, { kind: "session" }>): Fact[] {
  const transports = row.transportCount === 1 ? "its first" : `its ${countText(row.transportCount)}th`;
  return [
    [
      "Transport",
      row.transport === undefined
        ? "none: waits for its client"
        : `${carrierName(row.transport)}, ${ordinal(transports)}`,
    ],
    ["From", row.remoteAddress],
    ["Page of", pageText(row)],
    ["Envelopes received", countText(row.envelopesIn)],
    ["Envelopes sent", countText(row.envelopesOut)],
    ["Not acknowledged", `${plural(row.unacknowledgedCount, "envelope")}, ${bytesText(row.retainedBytes)}`],
    ["Waits to leave", bytesText(row.queuedBytes)],
    ["Arrived, not handled", bytesText(row.unconsumedBytes)],
    ["Shortest round trip", row.roundTripMs === 0 ? "not known" : `${row.roundTripMs.toFixed(1)} ms`],
    ["Held in memory", bytesText(row.heldBytes)],
    ["Client", row.userAgent === undefined ? "says nothing" : shownLine(row.userAgent)],
  ];
}

function ordinal(text: string): string {
  return text
    .replace(/(?<!1)1th$/, "1st")
    .replace(/(?<!1)2th$/, "2nd")
    .replace(/(?<!1)3th$/, "3rd");
}

/** The origin of its page; of http, which most are here, without saying so. */
function pageText({ origin }: Row): string {
  return origin === undefined ? "no browser" : shownLine(origin.replace(/^http:\/\//, ""));
}

function openText({ openedAt }: SocketView, at: number): string {
  return openedAt === undefined
    ? "since before the inspector"
    : `for ${spanText(at - openedAt)}, since ${clockText(openedAt).slice(0, 8)}`;
}

function messagesText({ messages }: SocketView): string {
  if (messages === undefined) return "not counted";
  return `${countText(messages.messagesIn)} in, ${countText(messages.messagesOut)} out`;
}

function stateText(view: SocketView): string {
  if (view.isClosing) return "closing";
  return view.isPaused ? "open, not being read" : "open";
}

interface Box {
  readonly root: HTMLElement;
  readonly name: Text;
  readonly address: HTMLElement;
  readonly note: HTMLElement;
}

function makeBox(): Box {
  const root = make("section", "channel");
  const title = make("h3", "channel-title");
  const [name, address, note] = [
    document.createTextNode(""),
    make("span", "channel-address"),
    make("p", "channel-note"),
  ];
  title.append(name, " ", address);
  root.append(title, note);
  return { root, name, address, note };
}

function channelNote(channel: ChannelView, at: number): string {
  return [
    `route ${channel.route}`,
    openText(channel, at),
    `messages ${messagesText(channel)}`,
    `${bytesText(channel.bufferedBytes)} wait`,
    `we may send ${bytesText(channel.credit.toSend)}, the client ${bytesText(channel.credit.toReceive)}`,
    stateText(channel),
  ].join(" · ");
}
