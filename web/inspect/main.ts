// The inspector's page: what a server's connections do, as its WebSocket tells it. Joins the views and decides nothing.
import "../chat/style.css";
import "./inspect.css";
import "./lists.css";
import "./stream.css";
import type { InspectorMessage, RowOrder } from "longwire/inspector";
import type { Farewell } from "longwire/server";
import { element, make } from "../chat/elements.ts";
import { CountsView } from "./counts-view.ts";
import { FactsView } from "./facts-view.ts";
import { HappeningsView } from "./happenings-view.ts";
import { Live, type LiveState } from "./live.ts";
import { Rates } from "./rates.ts";
import { carrierText, type Row, RowsView, rowTitle, waitingBytes } from "./rows-view.ts";
import { StreamView } from "./stream-view.ts";
import { showTabs } from "./tabs.ts";
import { askToken, findToken } from "./token.ts";
import { TotalsView } from "./totals-view.ts";

type Snapshot = Extract<InspectorMessage, { type: "snapshot" }>;

const stateTexts: Readonly<Record<LiveState, string>> = {
  connecting: "Connecting",
  open: "Live",
  lost: "The server does not answer",
  token: "Needs the token",
};

const root = element("inspect", HTMLElement);
const search = element("search", HTMLInputElement);
const order = element("order", HTMLSelectElement);
const drain = element("drain", HTMLButtonElement);
const tokenAgain = element("token-again", HTMLButtonElement);
const notice = element("chosen-notice", HTMLElement);
const rates = new Rates();
const totals = new TotalsView();
const rows = new RowsView(choose);
const facts = new FactsView();
const happenings = new HappeningsView();
const counts = new CountsView();
const stream = new StreamView({ receivePayloads: () => capture(), receiveAgain: () => capture() });
let chosen = "";
/** As it was when it was seen last. */
let chosenRow: Row | undefined;
let last: Snapshot | undefined;

showTabs();
drawActions();
const live = new Live(findToken(), { receiveState: showState, receive });

search.addEventListener("input", () => live.send({ type: "search", words: search.value }));
order.addEventListener("change", () => live.send({ type: "order", order: order.value as RowOrder }));
element("back", HTMLButtonElement).addEventListener("click", leave);
// The dialog was closed without a token.
tokenAgain.addEventListener("click", () => element("token-dialog", HTMLDialogElement).showModal());
drain.addEventListener("click", () => {
  const dialog = element("sure-dialog", HTMLDialogElement);
  // Closed with Escape it would still say what it said the last time.
  dialog.returnValue = "";
  dialog.showModal();
});
element("sure-dialog", HTMLDialogElement).addEventListener("close", (event) => {
  if (event.target instanceof HTMLDialogElement && event.target.returnValue === "yes") live.send({ type: "drain" });
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement;
  if (event.key === "/" && !isTyping) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && root.dataset["view"] === "detail" && !isTyping && !isAsked()) leave();
});

/** A dialog is open: Escape is for that. */
function isAsked(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

function receive(message: InspectorMessage): void {
  switch (message.type) {
    case "welcome":
      happenings.clear();
      if (order.value !== "coming") live.send({ type: "order", order: order.value as RowOrder });
      if (search.value !== "") live.send({ type: "search", words: search.value });
      if (chosen !== "") capture();
      return;
    case "snapshot":
      last = message;
      showSnapshot(message);
      return;
    case "happenings":
      happenings.add(message.happenings);
      return;
    case "captured":
      if (message.id === chosen) stream.add(message.entries, message.dropped);
      return;
    case "capture-ended":
      if (message.id === chosen) stream.end(message.why);
  }
}

function showState(state: LiveState, reason: string): void {
  if (state !== "open") {
    setState(state, reason === "" ? stateTexts[state] : `${stateTexts[state]}: ${reason}`);
    drain.disabled = true;
  }
  tokenAgain.hidden = state !== "token";
  if (state === "token") askToken(reason !== "", (token) => live.enter(token));
}

function setState(state: string, text: string): void {
  const shown = element("state", HTMLElement);
  shown.dataset["state"] = state;
  if (shown.textContent !== text) shown.textContent = text;
}

function showSnapshot(snapshot: Snapshot): void {
  const { server, rows: shown, found, omitted } = snapshot;
  const state = { open: "Live", draining: "Draining", closed: "Closed" }[server.state];
  setState(server.state, state);
  drain.disabled = server.state !== "open";
  rates.begin();
  totals.show(server, rates);
  rows.show(shown, rates, server.at, chosen, { count: found, omitted }, search.value.trim() !== "");
  counts.show(server);
  if (chosen === "") return;
  const row = shown.find(({ id }) => id === chosen);
  showChosen(row);
}

function showChosen(row: Row | undefined): void {
  if (row !== undefined) chosenRow = row;
  notice.hidden = row !== undefined;
  for (const button of element("actions", HTMLElement).querySelectorAll("button")) button.disabled = row === undefined;
  if (row === undefined) {
    const unknown = search.value.trim() === "" ? "It is not there any more." : "It is gone, or the search hides it.";
    notice.textContent = happenings.endOf(chosen) ?? unknown;
  }
  if (chosenRow === undefined) return;
  element("chosen-title", HTMLElement).textContent = rowTitle(chosenRow);
  element("chosen-sub", HTMLElement).textContent = `${chosenRow.id} · ${carrierText(chosenRow)}`;
  facts.show(chosenRow, last?.server.at ?? 0);
  stream.setWaiting(waitingBytes(chosenRow));
}

function choose(id: string): void {
  if (id === chosen) {
    root.dataset["view"] = "detail";
    return;
  }
  chosen = id;
  chosenRow = undefined;
  root.dataset["view"] = "detail";
  element("nothing", HTMLElement).hidden = true;
  element("chosen", HTMLElement).hidden = false;
  stream.begin(id, id.startsWith("s"));
  capture();
  if (last !== undefined) showSnapshot(last);
}

function capture(): void {
  live.send({ type: "capture", id: chosen, payloads: stream.wantsPayloads });
}

/** Back to the list, where there is room for one of both. */
function leave(): void {
  root.dataset["view"] = "list";
  rows.focus(chosen);
}

function drawActions(): void {
  const actions: readonly (readonly [Farewell, string, string])[] = [
    ["close", "Disconnect", "Closes it in order, with 1001. A session ends with it."],
    [
      "cut",
      "Cut",
      "Drops the transport without a word, as a broken network does. A session survives it and comes back.",
    ],
    ["send-away", "Send away", "Asks the client to go on elsewhere, as at a drain."],
  ];
  for (const [farewell, name, title] of actions) {
    const button = make("button", "quiet-button", name);
    button.type = "button";
    button.title = title;
    button.dataset["farewell"] = farewell;
    button.addEventListener("click", () => live.send({ type: "dismiss", id: chosen, farewell }));
    element("actions", HTMLElement).append(button);
  }
}
