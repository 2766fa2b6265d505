// One simulated client of the crowd: it sends what a browser sends and reads of the answers as little as will do, because its work is
// counted with the server's. Driven by crowd-host.ts, which says when to ask.
import { MemorySocket } from "./memory-socket.ts";
import type { Way } from "./wire.ts";

/** What all clients of a way are counted into. */
export interface CrowdTally {
  requests: number;
  messages: number;
  /** Up and down. */
  bytes: number;
}

export interface ClientOwner {
  readonly tally: CrowdTally;
  /** The answer to the client's request is complete. */
  answered(client: CrowdClient): void;
  /** Its connection was ended by the server. */
  lost(client: CrowdClient): void;
}

const browserHead =
  "Host: 127.0.0.1:8101\r\nConnection: keep-alive\r\n" +
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
  "Accept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n" +
  "Referer: http://127.0.0.1:8101/lab/\r\nAccept-Encoding: gzip, deflate, br\r\nAccept-Language: en\r\n\r\n";

const upgradeHead =
  "Host: 127.0.0.1:8101\r\nConnection: Upgrade\r\nPragma: no-cache\r\nCache-Control: no-cache\r\nUpgrade: websocket\r\n" +
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36\r\n" +
  "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAccept-Encoding: gzip, deflate, br\r\n" +
  "Accept-Language: en\r\n\r\n";

/** A masked pong without payload; the key may be anything. RFC 6455 §5.5.3 */
const pong = Buffer.from([0x8a, 0x80, 1, 2, 3, 4]);

export class CrowdClient {
  readonly socket: MemorySocket;
  readonly #way: Way;
  readonly #owner: ClientOwner;
  #after = 0;
  /** Bytes of the current answer that are still to come. */
  #missing = 0;
  #isUpgraded = false;

  constructor(way: Way, owner: ClientOwner) {
    this.#way = way;
    this.#owner = owner;
    this.socket = new MemorySocket((chunk) => this.#receive(chunk));
    this.socket.on("close", () => owner.lost(this));
  }

  /** Sends its request. */
  ask(): void {
    const { tally } = this.#owner;
    const head =
      this.#way === "socket"
        ? `GET /lab/race/crowd/socket HTTP/1.1\r\n${upgradeHead}`
        : `GET /lab/api/race/${this.#way}?page=crowdcrowdcrowdcrowdcr&after=${this.#after} HTTP/1.1\r\n${browserHead}`;
    tally.requests += 1;
    tally.bytes += head.length;
    this.socket.push(Buffer.from(head, "latin1"));
  }

  #receive(chunk: Buffer): void {
    this.#owner.tally.bytes += chunk.length;
    if (this.#way === "socket") this.#receiveFrames(chunk);
    else if (this.#way === "stream") this.#countMessages(chunk);
    else this.#receiveAnswer(chunk);
  }

  /** An answer with a length; head and body may come in pieces, the head in one. */
  #receiveAnswer(chunk: Buffer): void {
    if (this.#missing === 0) {
      const head = chunk.toString("latin1", 0, 600);
      const end = head.indexOf("\r\n\r\n");
      const length = /content-length: (\d+)/i.exec(head)?.[1];
      if (end === -1 || length === undefined) throw new Error(`unexpected answer: ${head}`);
      this.#missing = end + 4 + Number(length);
    }
    this.#missing -= chunk.length;
    this.#countMessages(chunk);
    if (this.#missing === 0) this.#owner.answered(this);
  }

  /** Messages are numbered, so the last one in sight says how many there were. */
  #countMessages(chunk: Buffer): void {
    const at = chunk.lastIndexOf('{"n":');
    if (at === -1) return;
    const n = Number.parseInt(chunk.toString("latin1", at + 5, at + 16), 10);
    this.#owner.tally.messages += this.#after === 0 ? 1 : n - this.#after;
    this.#after = n;
  }

  /** The server's frames, whole ones, not masked. RFC 6455 §5.2 */
  #receiveFrames(chunk: Buffer): void {
    if (!this.#isUpgraded) {
      this.#isUpgraded = true;
      return;
    }
    let at = 0;
    while (at + 1 < chunk.length) {
      const opcode = (chunk[at] ?? 0) & 0x0f;
      const short = (chunk[at + 1] ?? 0) & 0x7f;
      const [size, length] =
        short < 126 ? [2, short] : short === 126 ? [4, chunk.readUInt16BE(at + 2)] : [10, chunk.readUInt32BE(at + 6)];
      if (opcode === 1) {
        this.#owner.tally.messages += 1;
      } else if (opcode === 9) {
        this.#owner.tally.bytes += pong.length;
        this.socket.push(pong);
      }
      at += size + length;
    }
  }
}
