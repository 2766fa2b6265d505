// The command line's grammar and its help, by commander: which commands there are, what each option means, what a wrong
// one is told. Runs a command and turns its end into an exit code; does nothing of the commands' own work.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import {
  collect,
  type HeaderPair,
  parseByteCount,
  parseHeader,
  parseIdleSeconds,
  parseOrigin,
  parsePath,
  parsePattern,
  parsePingSeconds,
  parsePort,
  parseSocketUrl,
  parseSpeed,
  parseTimeoutSeconds,
  parseWaitSeconds,
} from "./arguments.ts";
import type { DecodeOptions } from "./decode/decode.ts";
import type { DoctorOptions } from "./doctor/doctor.ts";
import { CommandFailure, exitCode } from "./failure.ts";
import {
  connectHelp,
  decodeHelp,
  doctorHelp,
  echoHelp,
  firstSteps,
  recordHelp,
  replayHelp,
  serveHelp,
} from "./help.ts";
import type { RecordOptions } from "./record/record.ts";
import type { ReplayOptions } from "./record/replay.ts";
import { painter, type Terminal, wantsColor, writeLine } from "./terminal.ts";
import type { TlsOptions } from "./tls-files.ts";

interface OutputOptions {
  readonly json?: boolean;
}

export interface ServeOptions extends TlsOptions, OutputOptions {
  readonly port: number;
  readonly host: string;
  readonly origin: readonly string[];
}

export interface EchoOptions extends TlsOptions, OutputOptions {
  readonly port: number;
  readonly host: string;
  readonly maxMessage?: number;
}

export interface ConnectOptions extends OutputOptions {
  readonly url: string;
  readonly echo?: boolean;
  readonly protocol: readonly string[];
  readonly header: readonly HeaderPair[];
  readonly maxMessage?: number;
  readonly insecure?: boolean;
  readonly ping?: number;
}

/** A command runs until its work is done and resolves with the exit code, or rejects with a CommandFailure. */
export interface Commands {
  serve(options: ServeOptions, terminal: Terminal): Promise<number>;
  echo(options: EchoOptions, terminal: Terminal): Promise<number>;
  connect(options: ConnectOptions, terminal: Terminal): Promise<number>;
  doctor(options: DoctorOptions, terminal: Terminal): Promise<number>;
  decode(options: DecodeOptions, terminal: Terminal): Promise<number>;
  record(options: RecordOptions, terminal: Terminal): Promise<number>;
  replay(options: ReplayOptions, terminal: Terminal): Promise<number>;
}

/** Runs the command that `args` name. Never rejects for what a person did; what went wrong is on standard error. */
export async function runCommandLine(args: readonly string[], terminal: Terminal, commands: Commands): Promise<number> {
  let ended: number = exitCode.ok;
  const keep = (code: number): void => {
    ended = code;
  };
  try {
    await makeProgram(terminal, commands, keep).parseAsync(args, { from: "user" });
    return ended;
  } catch (error) {
    // Commander has printed its message. Help that was asked for is no error; help in place of a command is.
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
    if (!(error instanceof CommandFailure)) throw error;
    const paint = painter(terminal.stderr, terminal.env);
    writeLine(terminal.stderr, `${paint("red", "longwire:")} ${error.message}`);
    return error.exitCode;
  }
}

function makeProgram(terminal: Terminal, commands: Commands, end: (code: number) => void): Command {
  const program = new Command("longwire");
  const paint = painter(terminal.stdout, terminal.env);
  // Subcommands copy these settings at the moment they are added, so they come first.
  program
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      outputError: (text, write) => write(text.replace(/^error: /, "longwire: ")),
      getOutHasColors: () => wantsColor(terminal.stdout, terminal.env),
      getErrHasColors: () => wantsColor(terminal.stderr, terminal.env),
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .configureHelp({ styleTitle: (title) => paint("bold", title), sortOptions: false })
    .showHelpAfterError("(--help after the command explains it)")
    .description("Longwire: a WebSocket server and client, and a chat that shows them at work.")
    .version(readVersion(), "--version", "print the version")
    .helpOption("-h, --help", "explain the command")
    .helpCommand("help [command]", "explain a command")
    .addHelpText("after", firstSteps);

  addTls(
    program
      .command("serve")
      .description("Serve the chat page and its WebSockets.")
      .option("--port <number>", "port to listen on; 0 picks a free one", parsePort, 8101)
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option("--origin <origin>", "let pages of this origin connect too; may be repeated", collect(parseOrigin)),
  )
    .option("--json", "print the line with the address as JSON")
    .addHelpText("after", serveHelp)
    .action(async (options: Partial<ServeOptions> & Pick<ServeOptions, "port" | "host">) =>
      end(await commands.serve({ origin: [], ...options }, terminal)),
    );

  addTls(
    program
      .command("echo")
      .description("Serve an echo for testing WebSocket clients.")
      .requiredOption("--port <number>", "port to listen on; 0 picks a free one", parsePort)
      .option("--host <address>", "address to listen on", "127.0.0.1")
      .option(
        "--max-message <bytes>",
        "largest message taken (default: 1 MiB); larger ones close with 1009",
        parseByteCount,
      ),
  )
    .option("--json", "print the line with the address as JSON")
    .addHelpText("after", echoHelp)
    .action(async (options: EchoOptions) => end(await commands.echo(options, terminal)));

  program
    .command("connect")
    .description("Talk to a WebSocket server from the terminal.")
    .argument("<url>", "address, e.g. ws://127.0.0.1:9001/ or wss://host/path", parseSocketUrl)
    .option("--echo", "send every message back until the peer closes; prints nothing else")
    .option("--protocol <name>", "offer this subprotocol; may be repeated", collect(String))
    .option(
      "-H, --header <header>",
      "send this header, 'Name: value', with the handshake; may be repeated",
      collect(parseHeader),
    )
    .option(
      "--max-message <bytes>",
      "largest message taken (default: 1 MiB); larger ones close with 1009",
      parseByteCount,
    )
    .option("--insecure", "accept any certificate: anybody in between can read and change what is said")
    .option("--ping <seconds>", "send a ping this often and show how long the pong took", parsePingSeconds)
    .option("--json", "print each event as one JSON object per line")
    .addHelpText("after", connectHelp)
    .action(async (url: string, options: Partial<ConnectOptions>) =>
      end(await commands.connect({ protocol: [], header: [], ...options, url }, terminal)),
    );

  program
    .command("doctor")
    .description("Find out why a WebSocket fails there, or costs too much.")
    .argument("<url>", "address, e.g. wss://host/path; ws, wss, http and https are understood", parseSocketUrl)
    .option("--protocol <name>", "offer this subprotocol; may be repeated", collect(String))
    .option(
      "-H, --header <header>",
      "send this header, 'Name: value', with every request; may be repeated",
      collect(parseHeader),
    )
    .option("--echo", "send messages and expect them back: for servers that echo")
    .option("--idle [seconds]", "wait to see whether silent connections are cut (130 s unless given)", parseIdleSeconds)
    .option("--max-message [bytes]", "send larger and larger messages (up to 16 MiB unless given)", parseByteCount)
    .option("--line <path>", "where a Longwire server has its sessions", parsePath, "/longwire")
    .option("--timeout <seconds>", "how long one step may take", parseTimeoutSeconds, 5)
    .option("--insecure", "go on with a certificate that is not trusted; headers are then sent to whoever answers")
    .option("--json", "print one JSON object and nothing else")
    .addHelpText("after", doctorHelp)
    .action(async (url: string, { idle, maxMessage, ...options }: GivenDoctorOptions) => {
      const more = {
        ...(idle === undefined ? {} : { idle: idle === true ? usualIdleSeconds : idle }),
        ...(maxMessage === undefined ? {} : { maxMessage: maxMessage === true ? usualMostBytes : maxMessage }),
      };
      end(await commands.doctor({ protocol: [], header: [], ...options, ...more, url }, terminal));
    });

  addDecode(program, commands, terminal, end);
  addTapes(program, commands, terminal, end);
  return program;
}

function addDecode(program: Command, commands: Commands, terminal: Terminal, end: (code: number) => void): void {
  program
    .command("decode")
    .description("Explain a hex dump or a capture, frame by frame.")
    .argument("[file]", "a hex dump, a pcap or a pcapng file; standard input without one, or with -")
    .option("--port <number>", "of a capture, only connections with this port", parsePort)
    .option("--bytes <count>", "how much of a payload is shown", parseByteCount, 256)
    .option("--json", "print one JSON object for each line of the conversation")
    .addHelpText("after", decodeHelp)
    .action(async (file: string | undefined, options: Omit<DecodeOptions, "file">) =>
      end(await commands.decode({ ...options, ...(file === undefined ? {} : { file }) }, terminal)),
    );
}

function addTapes(program: Command, commands: Commands, terminal: Terminal, end: (code: number) => void): void {
  program
    .command("record")
    .description("Record a conversation with a WebSocket server, with its timing.")
    .argument("<url>", "address, e.g. wss://host/path", parseSocketUrl)
    .argument("<file>", "where to: JSON lines")
    .option("--protocol <name>", "offer this subprotocol; may be repeated", collect(String))
    .option("-H, --header <header>", "send this header, 'Name: value'; may be repeated", collect(parseHeader))
    .option("--for <seconds>", "record for so long, also when the input has ended", parseIdleSeconds)
    .option("--max-bytes <bytes>", "how large the file may become", parseByteCount, 64 * 1024 * 1024)
    .option("--force", "replace a file that exists")
    .option("--keep-secrets", "keep tokens and passwords in the messages")
    .option("--insecure", "accept any certificate")
    .addHelpText("after", recordHelp)
    .action(async (url: string, file: string, options: Omit<RecordOptions, "url" | "file" | "protocol" | "header">) =>
      end(await commands.record({ protocol: [], header: [], ...options, url, file }, terminal)),
    );

  program
    .command("replay")
    .description("Say again what a recording's client said, and compare the answers.")
    .argument("<file>", "what `longwire record` wrote")
    .argument("<url>", "address, e.g. ws://127.0.0.1:9001/", parseSocketUrl)
    .option("--speed <factor>", "2 is twice as fast", parseSpeed, 1)
    .option("--wait <seconds>", "how long to wait for answers at the end", parseWaitSeconds, 1)
    .option("--ignore <pattern>", "a regular expression: what matches is not compared", parsePattern)
    .option("--protocol <name>", "offer this subprotocol instead of those recorded; may be repeated", collect(String))
    .option("-H, --header <header>", "send this header, 'Name: value'; may be repeated", collect(parseHeader))
    .option("--insecure", "accept any certificate")
    .option("--json", "print one JSON object with every difference")
    .addHelpText("after", replayHelp)
    .action(async (file: string, url: string, options: Omit<ReplayOptions, "url" | "file" | "protocol" | "header">) =>
      end(await commands.replay({ protocol: [], header: [], ...options, url, file }, terminal)),
    );
}

/** Longer than the minute that proxies are usually set to, twice over. */
const usualIdleSeconds = 130;
const usualMostBytes = 16 * 1024 * 1024;

/** An option whose value may be left out is true without it. */
type GivenDoctorOptions = Omit<DoctorOptions, "idle" | "maxMessage" | "url" | "protocol" | "header"> & {
  readonly idle?: number | true;
  readonly maxMessage?: number | true;
};

function addTls(command: Command): Command {
  return command
    .option("--cert <file>", "serve with TLS: the certificate chain, PEM")
    .option("--key <file>", "the certificate's private key, PEM");
}

function readVersion(): string {
  // The same from src/cli/ and from the bundle in dist/cli/.
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  const version = typeof manifest === "object" && manifest !== null && "version" in manifest ? manifest.version : "";
  return String(version);
}
