// The command line's grammar and its help, by commander: which commands there are, what each option means, what a wrong
// one is told. Runs a command and turns its end into an exit code; does nothing of the commands' own work.
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import {
  collect,
  type HeaderPair,
  parseByteCount,
  parseHeader,
  parseOrigin,
  parsePingSeconds,
  parsePort,
  parseSocketUrl,
} from "./arguments.ts";
import { CommandFailure, exitCode } from "./failure.ts";
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
}

const exitCodesHelp = `
Exit codes:
  0  done, or stopped by a signal
  1  failed while running; one sentence on standard error says why
  2  the command line was not understood; nothing was done`;

const serveHelp = `
Examples:
  longwire serve                                the chat at http://127.0.0.1:8101/, for this machine only
  longwire serve --port 0                       on any free port; the first line tells which
  longwire serve --host 0.0.0.0                 for the whole network: there is no password, so think twice
  longwire serve --cert cert.pem --key key.pem
  longwire serve --origin https://app.example   pages from there may connect as well

The first line of output ends with the address. Besides the chat there are /metrics (Prometheus), /healthz and /readyz.
SIGTERM closes the connections over some seconds, so that clients do not all come back at once; Ctrl-C closes them now.
A second signal ends at once.
${exitCodesHelp}`;

const echoHelp = `
Paths:
  /broadcast   each message goes to every connection on this path, the sender included
  /sink        messages are taken and forgotten
  any other    each message comes back, text as text and binary as binary

Examples:
  longwire echo --port 9001
  longwire echo --port 0 --max-message 16MiB      for conformance suites: they send messages of 16 MiB
  longwire echo --port 9001 & longwire connect ws://127.0.0.1:9001/

Prints one line, "listening ws://HOST:PORT", when it is ready, and ends on SIGTERM or SIGINT. It is for tests: pages of
any origin may connect, and nobody is limited in how often they send.
${exitCodesHelp}`;

const connectHelp = `
Examples:
  longwire connect ws://127.0.0.1:8101/chat/lobby
  longwire connect wss://host/feed --protocol chat.v1 -H 'Authorization: Bearer …'
  echo hello | longwire connect ws://127.0.0.1:9001/         each line is a message; closes at the end of input
  longwire connect wss://host/feed --json | jq .data         each event is one JSON object
  longwire connect ws://127.0.0.1:9001/ --echo               sends everything back until the peer closes

On a terminal, /help lists what can be typed besides messages. Control characters and the like in what arrives are
shown as escapes; --json has it unchanged. With --echo the last line is "CLOSE <code> <wasClean>".
${exitCodesHelp}`;

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
    .addHelpText(
      "after",
      `
Begin with:
  longwire serve                            a chat at http://127.0.0.1:8101/; open it in two windows
  longwire echo --port 9001                 a server that sends everything back
  longwire connect ws://127.0.0.1:9001/     talk to it
${exitCodesHelp}

Colour is left out when the output is no terminal or NO_COLOR is set, and forced by FORCE_COLOR=1.`,
    );

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
  return program;
}

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
