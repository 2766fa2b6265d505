// The plain side: by-hand.ts with a WebSocket that is the browser's own and tells what happens to it.
import { closedText, failedText, openText } from "../texts/break.ts";
import type { ByHand } from "./by-hand.ts";
import type { Carried, Connect } from "./talker.ts";

export function plainSide(url: string, write: (hand: ByHand) => (text: string) => void): Connect {
  return ({ receive, changed }) => {
    let latest: WebSocket | undefined;
    let isOver = false;
    const timers = new Set<number>();
    const follow = (socket: WebSocket): void => {
      latest = socket;
    };
    const carried = (): Carried => {
      if (latest?.readyState === WebSocket.OPEN) return "websocket";
      return latest?.readyState === WebSocket.CONNECTING ? "connecting" : "closed";
    };
    class WatchedSocket extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols);
        let hasOpened = false;
        const tell = (text: typeof openText): void => {
          if (!isOver) changed(carried(), text);
        };
        this.addEventListener("open", () => {
          hasOpened = true;
          tell(openText);
        });
        // Before the application's own listener, which calls connect(): the order of events is the order in the log.
        this.addEventListener("close", ({ code, reason }) => tell(hasOpened ? closedText(code, reason) : failedText));
        follow(this);
      }
    }
    const say = write({
      url,
      receive: (text) => {
        if (!isOver) receive(text);
      },
      WebSocket: WatchedSocket,
      setTimeout: (run, ms) => {
        if (!isOver) timers.add(setTimeout(run, ms));
      },
    });
    return {
      say,
      get readyState() {
        return latest?.readyState ?? WebSocket.CLOSED;
      },
      get carried() {
        return carried();
      },
      end() {
        isOver = true;
        for (const timer of timers) clearTimeout(timer);
        latest?.close();
      },
    };
  };
}
