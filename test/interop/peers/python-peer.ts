// Peers in Python: a process that obeys lines of JSON and says in lines of JSON what it sees (python/lines.py). One process
// serves a whole file of tests.
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Mailbox, type Ending, type Peer, type PeerServer } from "./peer.ts";

type Part = { readonly text: string } | { readonly base64: string };

interface Sight {
  readonly saw: "listening" | "open" | "refused" | "message" | "pong" | "close";
  readonly number: number;
  readonly [field: string]: unknown;
}

export class PythonProcess {
  readonly connections: Mailbox<Peer> = new Mailbox();
  readonly refusals: Mailbox<number> = new Mailbox();
  readonly #listening = new Mailbox<number>();
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #peers = new Map<number, PythonPeer>();
  #faults = "";

  /** `program` is one of python/*.py. */
  constructor(python: string, program: string) {
    const file = fileURLToPath(new URL(`../python/${program}`, import.meta.url));
    // -B: no compiled files beside the sources.
    this.#child = spawn(python, ["-B", file], { env: { ...process.env, PYTHONWARNINGS: "ignore" } });
    this.#child.stdin.on("error", () => {});
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.#faults += text;
    });
    createInterface({ input: this.#child.stdout }).on("line", (line) => {
      this.#receive(JSON.parse(line) as Sight);
    });
    this.#child.on("close", (code) => {
      const why = `${program} ended with ${String(code)}: ${this.#faults}`;
      for (const mailbox of [this.connections, this.refusals, this.#listening]) mailbox.end(why);
      for (const peer of this.#peers.values()) peer.end(why);
    });
  }

  /** Its end of a new connection to `url`. */
  dial(url: string, protocols: readonly string[]): Promise<Peer> {
    this.tell({ do: "dial", url, protocols });
    return this.connections.next();
  }

  /** The status with which `url` refuses. */
  refusalOf(url: string): Promise<number> {
    this.tell({ do: "dial", url, protocols: [] });
    return this.refusals.next();
  }

  async listen(): Promise<PeerServer> {
    this.tell({ do: "listen" });
    const port = await this.#listening.next();
    return { url: `ws://127.0.0.1:${port}/`, connections: this.connections, stop: () => {} };
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, "close");
    this.#child.kill("SIGKILL");
    await exited;
  }

  tell(command: Readonly<Record<string, unknown>>): void {
    this.#child.stdin.write(`${JSON.stringify(command)}\n`);
  }

  #receive(sight: Sight): void {
    switch (sight.saw) {
      case "listening":
        this.#listening.push(sight["port"] as number);
        break;
      case "refused":
        this.refusals.push(sight["status"] as number);
        break;
      case "open": {
        const peer = new PythonPeer(this, sight);
        this.#peers.set(sight.number, peer);
        this.connections.push(peer);
        break;
      }
      case "message":
      case "pong":
      case "close":
        this.#peers.get(sight.number)?.receive(sight);
    }
  }
}

class PythonPeer implements Peer {
  readonly protocol: string;
  readonly extensions: string;
  readonly messages: Mailbox<string | Buffer> = new Mailbox();
  readonly closed: Promise<Ending>;
  readonly #process: PythonProcess;
  readonly #number: number;
  readonly #pongs = new Mailbox<string>();
  readonly #endings = new Mailbox<Ending>();

  constructor(process: PythonProcess, sight: Sight) {
    this.#process = process;
    this.#number = sight.number;
    this.protocol = sight["protocol"] as string;
    this.extensions = sight["extensions"] as string;
    this.closed = this.#endings.next();
    // Not every test waits for it.
    this.closed.catch(() => {});
  }

  /** Its process has ended. */
  end(why: string): void {
    for (const mailbox of [this.messages, this.#pongs, this.#endings]) mailbox.end(why);
  }

  receive(sight: Sight): void {
    if (sight.saw === "message") {
      const { text, base64 } = sight;
      this.messages.push(typeof text === "string" ? text : Buffer.from(base64 as string, "base64"));
    } else if (sight.saw === "pong") {
      this.#pongs.push(sight["payload"] as string);
    } else {
      const ending = { code: sight["code"] as number, reason: sight["reason"] as string };
      this.messages.end(`the peer has closed with ${ending.code} ${ending.reason}`);
      this.#endings.push(ending);
    }
  }

  send(data: string | Uint8Array): void {
    this.#tell({ do: "send", part: partOf(data) });
  }

  sendFragments(parts: readonly (string | Uint8Array)[], ping: string): void {
    this.#tell({ do: "fragments", parts: parts.map(partOf), ping });
  }

  ping(payload: string): Promise<string> {
    this.#tell({ do: "ping", payload });
    return this.#pongs.next();
  }

  close(...args: readonly [code?: number, reason?: string]): void {
    this.#tell({ do: "close", arguments: args });
  }

  drop(): void {
    this.#tell({ do: "drop" });
  }

  #tell(command: Readonly<Record<string, unknown>>): void {
    this.#process.tell({ ...command, number: this.#number });
  }
}

function partOf(data: string | Uint8Array): Part {
  return typeof data === "string" ? { text: data } : { base64: Buffer.from(data).toString("base64") };
}
