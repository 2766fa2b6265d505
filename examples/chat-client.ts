// The other half of the chat, for a terminal: what you type is said, and what is said while the network is away waits. Run it
// with
//
//   npx tsx examples/chat-client.ts ws://127.0.0.1:8080/rooms/tea Ada
import { createInterface } from "node:readline";
import { WebSocket } from "longwire/client";

type News =
  | { readonly kind: "history"; readonly said: readonly { readonly from: string; readonly text: string }[] }
  | { readonly kind: "said"; readonly from: string; readonly text: string }
  | { readonly kind: "here"; readonly names: readonly string[] };

const [room = "ws://127.0.0.1:8080/rooms/tea", name = "somebody"] = process.argv.slice(2);
const socket = new WebSocket(`${room}?name=${encodeURIComponent(name)}`);

socket.onmessage = ({ data }) => {
  const news = JSON.parse(String(data)) as News;
  if (news.kind === "history") for (const { from, text } of news.said) console.log(`${from}: ${text}`);
  if (news.kind === "said") console.log(`${news.from}: ${news.text}`);
  if (news.kind === "here") console.log(`(here: ${news.names.join(", ")})`);
};
// Nothing is lost meanwhile, in either direction. Saying so is all there is to do.
socket.addEventListener("suspend", () => console.log("(no network; what you say waits)"));
socket.addEventListener("resume", () => console.log("(back)"));

socket.onopen = () => {
  const lines = createInterface({ input: process.stdin });
  lines.on("line", (line) => socket.send(line));
  lines.once("close", () => socket.close(1000, "bye"));
};
socket.onclose = ({ code, reason }) => {
  console.log(`(closed: ${code} ${socket.cause?.message ?? reason})`);
  // The end of the input is an ordinary end; a refusal or a server that has gone is not.
  process.exitCode = code === 1000 ? 0 : 1;
  process.stdin.destroy();
};
