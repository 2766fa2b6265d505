// What this page knows of one room: how far it has read, who is there, and what it wants to say and has no receipt for.
// Survives reconnects. Pure: no DOM, no socket; main.ts feeds it and shows what comes out.
import type { Said, ServerMessage } from "../../src/cli/chat/wire.ts";

/** Unsent texts kept during an outage. The server takes this many in one go. */
export const pendingLimit = 20;

export interface Pending {
  readonly key: string;
  readonly text: string;
}

/** What a welcome brings beyond what the page had shown already. */
export interface Arrival {
  /** Whether everything said in the meantime is here: `missed` when the server no longer kept some of it, `restarted` when nobody can tell. */
  readonly continuity: "first" | "whole" | "missed" | "restarted";
  readonly messages: readonly Said[];
  /** To be said again, in this order. */
  readonly resend: readonly Pending[];
}

export class Conversation {
  readonly #members = new Set<string>();
  readonly #pending = new Map<string, Pending>();
  #epoch: string | undefined;
  #lastId = 0;
  #name: string;

  constructor(name: string) {
    this.#name = name;
  }

  /** The own name; since the first welcome as the server writes it. */
  get name(): string {
    return this.#name;
  }

  get members(): ReadonlySet<string> {
    return this.#members;
  }

  /** How many texts have no receipt yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /** False when too much waits already; the text is then not taken. */
  intend(pending: Pending): boolean {
    if (this.#pending.size >= pendingLimit) return false;
    this.#pending.set(pending.key, pending);
    return true;
  }

  enter(welcome: Extract<ServerMessage, { type: "welcome" }>): Arrival {
    const continuity = this.#continuity(welcome);
    if (welcome.epoch !== this.#epoch) this.#lastId = 0;
    this.#epoch = welcome.epoch;
    this.#name = welcome.name;
    this.#members.clear();
    for (const member of welcome.members) this.#members.add(member);
    const messages = welcome.messages.filter((message) => this.hear(message));
    return { continuity, messages, resend: [...this.#pending.values()] };
  }

  /** True when the message is new here. Takes it as the receipt of the pending text with its key. */
  hear(message: Said): boolean {
    if (message.name === this.#name) this.#pending.delete(message.key);
    if (message.id <= this.#lastId) return false;
    this.#lastId = message.id;
    return true;
  }

  /** True when this was not known yet. */
  joined(name: string): boolean {
    if (this.#members.has(name)) return false;
    this.#members.add(name);
    return true;
  }

  left(name: string): boolean {
    return this.#members.delete(name);
  }

  #continuity(welcome: Extract<ServerMessage, { type: "welcome" }>): Arrival["continuity"] {
    if (this.#epoch === undefined) return "first";
    if (welcome.epoch !== this.#epoch) return "restarted";
    const oldest = welcome.messages[0];
    return oldest !== undefined && oldest.id > this.#lastId + 1 ? "missed" : "whole";
  }
}
