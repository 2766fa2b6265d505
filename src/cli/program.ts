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
  parsePingSeconds,
  parsePort,
  parseSocketUrl,
  parseTimeoutSeconds,
} from "./arguments.ts";
import type { DoctorOptions } from "./doctor/doctor.ts";
import { CommandFailure, exitCode } from "./failure.ts";
import { connectHelp, doctorHelp, echoHelp, firstSteps, serveHelp } from "./help.ts";
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
  return program;
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
