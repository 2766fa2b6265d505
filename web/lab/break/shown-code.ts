// What the page shows of the code that it runs: by-hand.ts and session-side.ts line by line, which a test compares.

export const reconnectingCode: readonly string[] = [
  "let socket: WebSocket;",
  "const waiting: string[] = [];",
  "function connect(): void {",
  "  socket = new WebSocket(url);",
  "  socket.onopen = () => waiting.splice(0).forEach((text) => socket.send(text));",
  "  socket.onmessage = ({ data }) => receive(String(data));",
  "  socket.onclose = () => setTimeout(connect, 1000);",
  "}",
  "function say(text: string): void {",
  "  if (socket.readyState === WebSocket.OPEN) socket.send(text);",
  "  else waiting.push(text);",
  "}",
  "connect();",
];

export const repeatingCode: readonly string[] = [
  "let socket: WebSocket;",
  "const unanswered = new Set<string>();",
  "function connect(): void {",
  "  socket = new WebSocket(url);",
  "  socket.onopen = () => unanswered.forEach((text) => socket.send(text));",
  "  socket.onmessage = ({ data }) => {",
  '    if (String(data).startsWith("got ")) unanswered.delete(String(data).slice(4));',
  "    else receive(String(data));",
  "  };",
  "  socket.onclose = () => setTimeout(connect, 1000);",
  "}",
  "function say(text: string): void {",
  "  unanswered.add(text);",
  "  if (socket.readyState === WebSocket.OPEN) socket.send(text);",
  "}",
  "connect();",
];

export const sessionCode: readonly string[] = [
  "const line = new Line(url);",
  "const socket = line.open(path);",
  "socket.onmessage = ({ data }) => receive(String(data));",
  "function say(text: string): void {",
  "  socket.send(text);",
  "}",
];
