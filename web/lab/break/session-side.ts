// The session's side: a line, one socket in it, and nothing for the case that it breaks. What it tells beyond WHATWG is shown, not used.
import { Line } from "longwire/client";
import { closedText, movedText, openText, resumedText, suspendedText, transportText } from "../texts/break.ts";
import type { Carried, Connect } from "./talker.ts";

export function sessionSide(url: string, path: string): Connect {
  return ({ receive, changed }) => {
    const line = new Line(url);
    const socket = line.open(path);
    socket.onmessage = ({ data }) => receive(String(data));
    function say(text: string): void {
      socket.send(text);
    }
    const carried = (): Carried => {
      if (socket.readyState === 0) return "connecting";
      return socket.readyState === 1 ? (line.transport ?? "suspended") : "closed";
    };
    socket.addEventListener("open", () => changed(carried(), openText));
    socket.addEventListener("suspend", () => changed("suspended", suspendedText));
    socket.addEventListener("resume", ({ fresh, gap }) => {
      changed(carried(), fresh ? movedText(gap) : resumedText);
    });
    socket.addEventListener("transport", ({ transport }) => {
      if (transport !== undefined) changed(transport, transportText(transport));
    });
    socket.addEventListener("close", ({ code, reason }) => changed("closed", closedText(code, reason)));
    return {
      say,
      get readyState() {
        return socket.readyState;
      },
      get carried() {
        return carried();
      },
      end() {
        line.close();
      },
    };
  };
}
