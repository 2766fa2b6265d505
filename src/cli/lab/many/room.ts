// What stands behind one page of the part “Many in one”: a server, a network of a certain width before it, the streams that it serves in
// one session and over one plain connection, and taps on both.
import { randomBytes } from "node:crypto";
import type { LongwireServer, ServerSocket } from "../../../server/index.ts";
import type { Faults } from "../../../testing/index.ts";
import type { LabPage } from "../pages.ts";
import type { Backstage, BackstageOpener } from "../passage/backstage.ts";
import { Passage } from "../passage/passage.ts";
import { pieceBytes, Sources } from "./sources.ts";
import { Taps } from "./taps.ts";
import {
  type ManyAnswer,
  type ManySettings,
  readStreamMessage,
  type Stream,
  type StreamMessage,
  streams,
  type Way,
} from "./wire.ts";

const reportMs = 100;
const latencyMs = 20;
const heartbeatMs = 20_000;
const piece = randomBytes(pieceBytes);

/** The server's end of a way: where to say something in a stream. */
type Ends = Map<Stream, ServerSocket>;

export class ManyRoom {
  readonly passage: Passage;
  readonly #page: LabPage;
  readonly #timer: NodeJS.Timeout;
  readonly #sources: Sources;
  #backstage: Promise<Backstage> | undefined;
  #taps: Taps | undefined;
  #settings: ManySettings;
  #run = 0;
  #ends: Record<Way, Ends> = { session: new Map(), plain: new Map() };
  #isTransferring = false;

  constructor(page: LabPage, settings: ManySettings, open: BackstageOpener) {
    this.#page = page;
    this.#settings = settings;
    let port: number | undefined;
    this.#backstage = open({
      heartbeatMs,
      faults: this.#faults,
      addRoutes: (server) => this.#addRoutes(server),
    });
    this.#backstage.then(
      ({ proxy }) => (port = proxy.port),
      // Whoever begins is told.
      () => {},
    );
    this.passage = new Passage({
      ports: () => (port === undefined ? [] : [port]),
      spend: (bytes) => page.spend(bytes),
    });
    this.#timer = setInterval(() => this.#report(), reportMs);
    this.#sources = new Sources({ now: () => performance.now(), say: (message) => this.#say(message) });
  }

  async begin(run: number, settings: ManySettings): Promise<void> {
    this.#run = run;
    this.passage.cut();
    await this.set(settings);
    if (this.#run === run) this.#tell({ type: "ready", run });
  }

  async set(settings: ManySettings): Promise<void> {
    this.#settings = settings;
    const backstage = await this.#backstage;
    if (backstage !== undefined) backstage.proxy.faults = this.#faults;
  }

  /** Once at a time. */
  async transfer(): Promise<void> {
    if (this.#isTransferring) return;
    this.#isTransferring = true;
    const { transferBytes } = this.#settings;
    this.#tell({ type: "started", run: this.#run, at: performance.now(), bytes: transferBytes });
    const { session, plain } = this.#ends;
    await Promise.all([session, plain].map((ends) => send(ends.get("transfer"), transferBytes)));
    this.#isTransferring = false;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#sources.stop();
    this.#taps?.stop();
    this.passage.close();
    const backstage = await this.#backstage?.catch(() => undefined);
    this.#backstage = undefined;
    await backstage?.close();
  }

  get #faults(): Faults {
    // In pieces as small as a network's, so that what is small need not wait for a whole read.
    return { latencyMs, bytesPerSecond: this.#settings.bytesPerSecond, sliceBytes: 4_096 };
  }

  #addRoutes(server: LongwireServer): void {
    this.#taps = new Taps(server);
    for (const stream of streams) {
      server.route(`/many/${stream}/:run`, {
        open: (socket) => this.#enter("session", socket, [stream]),
        message: (socket, data) => answer(socket, data),
        close: (socket) => this.#leave("session", socket),
      });
    }
    server.route("/many/plain/:run", {
      open: (socket) => this.#enter("plain", socket, streams),
      message: (socket, data) => answer(socket, data),
      close: (socket) => this.#leave("plain", socket),
    });
  }

  #enter(way: Way, socket: ServerSocket<undefined, { readonly run: string }>, entered: readonly Stream[]): void {
    if (Number(socket.params.run) !== this.#run) {
      socket.close(1001, "Another run has begun.");
      return;
    }
    for (const stream of entered) this.#ends[way].set(stream, socket);
  }

  #leave(way: Way, socket: object): void {
    for (const [stream, entered] of this.#ends[way]) if (entered === socket) this.#ends[way].delete(stream);
  }

  /** Only while both are there, so that neither hears more. */
  #say(message: StreamMessage): void {
    const { session, plain } = this.#ends;
    const [one, other] = [session.get(message.to), plain.get(message.to)];
    if (one === undefined || other === undefined) return;
    const text = JSON.stringify(message);
    one.send(text);
    other.send(text);
  }

  #report(): void {
    const taps = this.#taps;
    if (taps === undefined) return;
    for (const way of ["session", "plain"] as const) {
      const socket = this.#ends[way].get("feed");
      if (socket !== undefined) taps.watch(way, socket);
    }
    const credits = taps.credits();
    this.#tell({ type: "report", run: this.#run, passed: taps.take(), credits });
  }

  #tell(said: ManyAnswer): void {
    this.#page.tell("many", said);
  }
}

/** Telemetry, and what people say in the chat, goes back as it came. */
function answer(socket: { send(text: string): unknown }, data: string | Uint8Array): void {
  if (typeof data !== "string") return;
  const message = readStreamMessage(data);
  if (message?.to === "telemetry" || message?.to === "chat") socket.send(data);
}

/** As servers send files: piece by piece, waiting while the socket says that it has enough. */
async function send(socket: ServerSocket | undefined, bytes: number): Promise<void> {
  if (socket === undefined) return;
  for (let left = bytes; left > 0 && socket.readyState === socket.OPEN; left -= pieceBytes) {
    socket.send(left >= pieceBytes ? piece : piece.subarray(0, left));
    await socket.drained();
  }
}
