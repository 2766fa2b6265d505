// What a part of the lab is to the page around it. To plug one in:
//
// 1. web/lab/<id>/part.ts exports a Part; web/lab/parts.ts lists it (the folder's name is its id and its address, /lab/#<id>).
// 2. Its words are in web/lab/texts/<id>.ts as `{ en, zh }`. Put them into elements with make(), say() and prose(), which follow
//    the switch of the language by themselves; onLanguage() is for what is drawn otherwise.
// 3. Its styles are in files beside it, imported by part.ts (`import "./part.css"`); class names begin with the part's id.
//    Colours are the variables of web/chat/style.css; cards, tables, buttons are in web/lab/content.css.
// 4. If it has a half on the server: src/cli/lab/<id>/part.ts, listed in src/cli/lab/lab.ts, where it says how; what both say to
//    each other stands in src/cli/lab/<id>/wire.ts, which imports nothing and which the page may import.
import type { Text } from "./language.ts";
import type { ServerHalf } from "./server-half.ts";

export interface Part {
  readonly id: string;
  /** As in the navigation. The page shows it above the part as well. */
  readonly title: Text;
  /** One or two plain sentences below the title: what is to be seen here. May contain `code` and [links](https://…). */
  readonly lead: Text;
  /** Builds the part in `root`, once, before its first start. `root` is in the document. */
  mount(root: HTMLElement, context: PartContext): MountedPart;
}

export interface PartContext {
  readonly server: ServerHalf;
}

/** Only the part in view runs; start and stop alternate, start first. */
export interface MountedPart {
  /** The part is in view and the server's half of the lab is there, under a page id that may be another than last time. */
  start(): void;
  /** Out of view, or the server's half has gone: ends timers, requests and sockets. What was seen may stay to be looked at. */
  stop(): void;
  /** What the part's half on the server said with `page.tell(id, message)`. While started only. */
  receive?(message: unknown): void;
}
