// One page's conversation with its inspector: lets it in when it shows the token, then tells once a second what there is, at once what
// it captures, and does what its buttons say. Everything it holds is gone when the page is.

import type { Clock } from "../base/clock.ts";
import type { Happening, Inspection } from "../server/index.ts";
import { Capture } from "./capture.ts";
import { type CaptureEnd, type InspectorMessage, parsePageMessage, type PageMessage } from "./messages.ts";
import { inOrder, type RowOrder } from "./order.ts";
import { isFound, wordsOf } from "./search.ts";
import { isSameToken } from "./token.ts";

/** What a viewer needs of its WebSocket. */
export interface ViewerSocket {
  /** Bytes that wait for the page. */
  readonly bufferedAmount: number;
  send(text: string): unknown;
  close(code: number, reason: string): void;
}

export interface ViewerOptions {
  readonly inspection: Inspection;
  readonly token: string;
  readonly clock: Clock;
}

/** How long a page may take to show the token. */
const ENTER_MS = 5_000;
const SNAPSHOT_MS = 1_000;
const CAPTURED_MS = 100;
/** As many rows as a page shows and a person reads. */
const MOST_ROWS = 300;
const MOST_HAPPENINGS = 300;
/** A page that reads less than it is told gets less. */
const MOST_BUFFERED = 1024 * 1024;

export class Viewer {
  readonly #socket: ViewerSocket;
  readonly #options: ViewerOptions;
  #timer: { cancel(): void };
  #words: readonly string[] = [];
  #order: RowOrder = "coming";
  #happenings: Happening[] = [];
  #capture: Capture | undefined;
  #captureTimer: { cancel(): void } | undefined;
  #leave: (() => void) | undefined;

  constructor(socket: ViewerSocket, options: ViewerOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#timer = options.clock.schedule(ENTER_MS, () => socket.close(4408, "The token was not shown in time."));
  }

  /** One message of the page. */
  receive(data: unknown): void {
    const message = typeof data === "string" ? parsePageMessage(data) : undefined;
    if (this.#leave === undefined) this.#admit(message);
    else if (message === undefined) this.#socket.close(4400, "This is no message of the inspector's page.");
    else this.#obey(message);
  }

  /** The page is gone. */
  end(): void {
    this.#timer.cancel();
    this.#stopCapture();
    this.#leave?.();
  }

  #admit(message: PageMessage | undefined): void {
    const { inspection, token, clock } = this.#options;
    if (message?.type !== "enter" || !isSameToken(token, message.token)) {
      this.#socket.close(4401, "This is not the inspector's token.");
      return;
    }
    this.#timer.cancel();
    const stopCounting = inspection.countMessages();
    const stopWatching = inspection.watch((happening) => {
      if (this.#happenings.length < MOST_HAPPENINGS) this.#happenings.push(happening);
    });
    this.#leave = () => {
      stopCounting();
      stopWatching();
    };
    this.#tell({ type: "welcome" });
    this.#happenings.push(...inspection.recent);
    const tick = (): void => {
      this.#timer = clock.schedule(SNAPSHOT_MS, tick);
      this.#tellState();
    };
    tick();
  }

  #obey(message: PageMessage): void {
    const { inspection } = this.#options;
    switch (message.type) {
      case "enter":
        return;
      case "search":
        this.#words = wordsOf(message.words);
        this.#tellState();
        return;
      case "order":
        this.#order = message.order;
        this.#tellState();
        return;
      case "capture":
        this.#startCapture(message.id, message.payloads);
        return;
      case "dismiss":
        inspection.dismiss(message.id, message.farewell);
        this.#tellState();
        return;
      case "drain":
        void inspection.drain();
        this.#tellState();
    }
  }

  // --- what there is ---

  #tellState(): void {
    if (this.#socket.bufferedAmount > MOST_BUFFERED) return;
    const happenings = this.#happenings.splice(0);
    if (happenings.length > 0) this.#tell({ type: "happenings", happenings });
    const isSearch = this.#words.length > 0;
    // Which of them come first is known when all are.
    const most = isSearch || this.#order !== "coming" ? undefined : MOST_ROWS;
    const { server, connections, sessions } = this.#options.inspection.snapshot({ most });
    const fitting = [...sessions, ...connections].filter((view) => isFound(view, this.#words));
    const rows = inOrder(fitting, this.#order).slice(0, MOST_ROWS);
    const found = isSearch ? fitting.length : server.sessionCount + server.connectionCount;
    this.#tell({ type: "snapshot", server, rows, found, omitted: found - rows.length });
  }

  // --- what passes ---

  #startCapture(id: string, payloads: boolean): void {
    this.#stopCapture();
    if (id === "") return;
    const { inspection, clock } = this.#options;
    const capture: Capture = new Capture(inspection, {
      id,
      payloads,
      clock,
      // Not now: it may be said while there is no capture yet.
      receiveEnd: (why) => queueMicrotask(() => this.#endCapture(capture, why)),
    });
    this.#capture = capture;
    // Says that it has begun: what passes from here on is told.
    this.#tell({ type: "captured", id, entries: [], dropped: 0 });
    const tick = (): void => {
      this.#captureTimer = clock.schedule(CAPTURED_MS, tick);
      this.#tellCaptured();
    };
    tick();
  }

  #tellCaptured(): void {
    if (this.#capture === undefined || this.#socket.bufferedAmount > MOST_BUFFERED) return;
    const { entries, dropped } = this.#capture.take();
    if (entries.length > 0 || dropped > 0) this.#tell({ type: "captured", id: this.#capture.id, entries, dropped });
  }

  #endCapture(capture: Capture, why: CaptureEnd): void {
    if (this.#capture !== capture) return;
    this.#tellCaptured();
    this.#stopCapture();
    this.#tell({ type: "capture-ended", id: capture.id, why });
  }

  #stopCapture(): void {
    this.#capture?.stop();
    this.#capture = undefined;
    this.#captureTimer?.cancel();
  }

  #tell(message: InspectorMessage): void {
    this.#socket.send(JSON.stringify(message));
  }
}
