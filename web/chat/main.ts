// The chat page: puts the parts together. A room and a name make a Visit; changing either ends it and begins another.
// Messages come in through the Connection, are judged by the Conversation, and are shown by the views.
import type { Said, ServerMessage } from "../../src/cli/chat/wire.ts";
import { Composer } from "./composer.ts";
import { Connection, type ConnectionState } from "./connection.ts";
import { Conversation, pendingLimit, type Pending } from "./conversation.ts";
import { element } from "./elements.ts";
import { LogView } from "./log-view.ts";
import { recallName, rememberName } from "./memory.ts";
import { NameDialog } from "./name-dialog.ts";
import { PeopleView, peopleText } from "./people-view.ts";
import { firstRoom, hashOfRoom, roomOfHash } from "./room-name.ts";
import { RoomsView } from "./rooms-view.ts";
import { SidePanel } from "./side-panel.ts";
import { StatusView } from "./status-view.ts";
import { Unread } from "./unread.ts";

interface Visit {
  readonly room: string;
  readonly connection: Connection;
  readonly conversation: Conversation;
  /** Texts can be handed to the socket, now or, while it is suspended, for later. */
  isOpen: boolean;
  /** What is sent arrives now. */
  isCarried: boolean;
}

let visit: Visit | undefined;

const log = new LogView();
const people = new PeopleView();
const rooms = new RoomsView();
const unread = new Unread();
const side = new SidePanel();
const status = new StatusView(() => visit?.connection.start());
const composer = new Composer({
  submitted: say,
  typing: (active) => {
    if (visit?.isCarried === true) visit.connection.send({ type: "typing", active });
  },
});
const nameDialog = new NameDialog((name) => {
  rememberName(name);
  begin(currentRoom(), name);
});

element("rename", HTMLButtonElement).addEventListener("click", () => nameDialog.ask(recallName()));
element("skip", HTMLButtonElement).addEventListener("click", () => composer.focus());
addEventListener("hashchange", () => begin(currentRoom(), recallName()));
// The network is back, or the page is (from the back-forward cache): no reason to wait any longer.
addEventListener("online", () => visit?.connection.start());
addEventListener("pageshow", (event) => {
  if (event.persisted) visit?.connection.start();
});

begin(currentRoom(), recallName());

/** The room of the address, which is put right when it names none. */
function currentRoom(): string {
  const named = roomOfHash(location.hash);
  const room = named === "" ? firstRoom : named;
  if (location.hash !== hashOfRoom(room)) history.replaceState(null, "", hashOfRoom(room));
  return room;
}

function begin(room: string, name: string): void {
  const last = visit;
  visit = undefined;
  // Who has something unsent there stays at the back until it is said (receiveBehind).
  if (last?.conversation.pendingCount === 0) last.connection.end();
  log.clear();
  people.clear();
  people.showMe(name);
  rooms.show(room);
  unread.showRoom(room);
  side.close();
  composer.forgetTyping();
  if (name === "") {
    nameDialog.ask("");
    return;
  }
  const next: Visit = {
    room,
    conversation: new Conversation(name),
    connection: new Connection(room, name, {
      stateChanged: (state) => showState(next, state),
      received: (message) => receive(next, message),
    }),
    isOpen: false,
    isCarried: false,
  };
  visit = next;
  next.connection.start();
  composer.focusIfHandy();
}

function showState(current: Visit, state: ConnectionState): void {
  current.isCarried = state.phase === "open";
  current.isOpen = current.isCarried || state.phase === "suspended";
  if (current !== visit) return;
  status.show(state);
  log.isSending = current.isCarried;
  people.show(current.conversation.members, current.conversation.name, current.isCarried);
  if (!current.isCarried) composer.forgetTyping();
}

/** For a visit that is no longer shown: says what is left to say, then goes. */
function receiveBehind({ conversation, connection }: Visit, message: ServerMessage): void {
  if (message.type === "said") conversation.hear(message.message);
  if (message.type === "welcome") {
    for (const pending of conversation.enter(message).resend) connection.send({ type: "say", ...pending });
  }
  if (conversation.pendingCount === 0) connection.end();
}

function receive(current: Visit, message: ServerMessage): void {
  const { conversation } = current;
  if (current !== visit) {
    receiveBehind(current, message);
    return;
  }
  switch (message.type) {
    case "welcome":
      enter(current, message);
      break;
    case "said":
      people.setTyping(message.message.name, false);
      if (conversation.hear(message.message)) show(current, message.message);
      break;
    case "joined":
      if (!conversation.joined(message.name)) break;
      people.show(conversation.members, conversation.name, true);
      log.addMovement(message.name, "joined");
      break;
    case "left":
      if (!conversation.left(message.name)) break;
      people.show(conversation.members, conversation.name, true);
      log.addMovement(message.name, "left");
      break;
    case "typing":
      if (message.name !== conversation.name) people.setTyping(message.name, message.active);
      break;
  }
}

function enter(current: Visit, welcome: Extract<ServerMessage, { type: "welcome" }>): void {
  const { conversation, connection } = current;
  const arrival = conversation.enter(welcome);
  people.showMe(conversation.name);
  people.show(conversation.members, conversation.name, true);
  if (arrival.continuity === "missed") log.addNotice("More was said while you were away than the room keeps.");
  if (arrival.continuity === "restarted") log.addNotice("The room was restarted. What stands above is no longer kept.");
  if (arrival.continuity === "first") {
    log.addHistory(arrival.messages, conversation.name);
    status.announce(`Entered ${current.room}. ${peopleText(conversation.members.size)}.`);
  } else {
    for (const message of arrival.messages) show(current, message);
  }
  for (const pending of arrival.resend) connection.send({ type: "say", ...pending });
}

function show({ conversation }: Visit, message: Said): void {
  log.add(message, conversation.name);
  if (message.name !== conversation.name) unread.count();
}

function say(text: string): boolean {
  if (visit === undefined) return false;
  const pending: Pending = { key: makeKey(), text };
  if (!visit.conversation.intend(pending)) {
    status.announce(`Already ${pendingLimit} messages wait for the connection. Your text stays in the field.`);
    return false;
  }
  log.addPending(pending, visit.conversation.name);
  if (visit.isOpen) visit.connection.send({ type: "say", ...pending });
  return true;
}

/** 96 random bits. Not randomUUID: that exists in secure contexts only, and the chat may be served over plain http. */
function makeKey(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(3)), (part) => part.toString(36)).join("-");
}
