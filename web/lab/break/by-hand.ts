// The plain side of the conversation: what people write by hand around a WebSocket, twice. The page shows these functions as they stand
// here (a test compares them), so they are short and know nothing of the lab: it gives them a WebSocket and a setTimeout that it can
// watch and end.

export interface ByHand {
  readonly url: string;
  readonly receive: (text: string) => void;
  readonly WebSocket: typeof globalThis.WebSocket;
  readonly setTimeout: (run: () => void, ms: number) => void;
}

/** Connects again, and keeps what is said while there is no connection. */
export function reconnecting({ url, receive, WebSocket, setTimeout }: ByHand): (text: string) => void {
  let socket: WebSocket;
  const waiting: string[] = [];
  function connect(): void {
    socket = new WebSocket(url);
    socket.onopen = () => waiting.splice(0).forEach((text) => socket.send(text));
    socket.onmessage = ({ data }) => receive(String(data));
    socket.onclose = () => setTimeout(connect, 1000);
  }
  function say(text: string): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
    else waiting.push(text);
  }
  connect();
  return say;
}

/** And says again what the server has not answered with "got …". */
export function repeating({ url, receive, WebSocket, setTimeout }: ByHand): (text: string) => void {
  let socket: WebSocket;
  const unanswered = new Set<string>();
  function connect(): void {
    socket = new WebSocket(url);
    socket.onopen = () => unanswered.forEach((text) => socket.send(text));
    socket.onmessage = ({ data }) => {
      if (String(data).startsWith("got ")) unanswered.delete(String(data).slice(4));
      else receive(String(data));
    };
    socket.onclose = () => setTimeout(connect, 1000);
  }
  function say(text: string): void {
    unanswered.add(text);
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
  }
  connect();
  return say;
}
