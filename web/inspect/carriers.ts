// What carries a session, as people call it.

const names: Readonly<Record<string, string>> = {
  websocket: "WebSocket",
  stream: "streaming",
  longpoll: "long polling",
  poll: "polling",
};

export function carrierName(transport: string): string {
  return names[transport] ?? transport;
}
