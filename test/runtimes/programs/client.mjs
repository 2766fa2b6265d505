// What an application does with longwire/client, in words that every runtime knows. Told: where a server is, where one is behind a
// proxy without WebSockets, and where one is whose connections break. Prints a fact for each thing it has done.
import { Line, WebSocket } from "longwire/client";

/** @typedef {InstanceType<typeof WebSocket>} Socket */

const [open = "", blocked = "", breaking = ""] = process.argv.slice(2);
const tell = (/** @type {unknown} */ fact) => process.stdout.write(`${JSON.stringify(fact)}\n`);
const socketUrl = (/** @type {string} */ url, /** @type {string} */ path) => `${url.replace("http", "ws")}${path}`;

/** Text, bytes, and an end with a code. */
function echo(/** @type {Socket} */ socket) {
  /** @type {unknown[]} */
  const heard = [];
  /** @type {string | undefined} */
  let carried;
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    carried = socket.transport;
    socket.send("gr\u00fc\u00df dich \u{1f600}");
    socket.send(new Uint8Array([0, 1, 255]));
  };
  socket.onmessage = ({ data }) => {
    heard.push(typeof data === "string" ? data : Array.from(new Uint8Array(data)));
    if (heard.length === 2) socket.close(4001, "enough");
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code, reason, wasClean }) => {
      resolve({ protocol: socket.protocol, carried, heard, end: [code, reason, wasClean], cause: socket.cause?.code });
    };
  });
}

/** Numbers both ways while the connection breaks. */
function count(/** @type {Socket} */ socket, /** @type {number} */ most) {
  /** @type {string[]} */
  const events = [];
  /** @type {number[]} */
  const heard = [];
  let sent = 0;
  const send = () => {
    for (let more = 0; more < 20 && sent < most; more++) socket.send(String(sent++));
  };
  for (const type of /** @type {const} */ (["suspend", "resume"]))
    socket.addEventListener(type, () => events.push(type));
  socket.onopen = send;
  socket.onmessage = ({ data }) => {
    heard.push(Number(data));
    if (heard.length === most) socket.close(1000);
    else if (heard.length === sent) send();
  };
  return new Promise((resolve) => {
    socket.onclose = ({ code, wasClean }) => {
      const isWhole = heard.length === most && heard.every((number, index) => number === index);
      resolve({ isWhole, events, end: [code, wasClean] });
    };
  });
}

tell(import.meta.resolve("longwire/client").split("/").slice(-2));
tell(await echo(new WebSocket(socketUrl(open, "/echo"), ["chat.v1"])));
tell(await echo(new WebSocket(socketUrl(blocked, "/echo"))));
for (const kind of /** @type {const} */ (["stream", "longpoll"])) {
  tell(await echo(new Line(open, { transports: [kind] }).open("/echo")));
}
tell(await count(new WebSocket(socketUrl(breaking, "/numbers")), 500));
