// What `--help` says below the options of each command: examples, and what a newcomer would ask next. Texts only; program.ts
// puts them where they belong.

export const exitCodesHelp: string = `
Exit codes:
  0  done, or stopped by a signal
  1  failed while running; one sentence on standard error says why
  2  the command line was not understood; nothing was done`;

export const serveHelp: string = `
Examples:
  longwire serve                                the chat at http://127.0.0.1:8101/, for this machine only
  longwire serve --port 0                       on any free port; the first line tells which
  longwire serve --host 0.0.0.0                 for the whole network: there is no password, so think twice
  longwire serve --cert cert.pem --key key.pem
  longwire serve --origin https://app.example   pages from there may connect as well

The first line of output ends with the address. Besides the chat there are /lab, which shows how a WebSocket
works and what it costs, /metrics (Prometheus), /healthz and /readyz.
SIGTERM closes the connections over some seconds, so that clients do not all come back at once; Ctrl-C closes them now.
A second signal ends at once.
${exitCodesHelp}`;

export const echoHelp: string = `
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

export const connectHelp: string = `
Examples:
  longwire connect ws://127.0.0.1:8101/chat/lobby
  longwire connect wss://host/feed --protocol chat.v1 -H 'Authorization: Bearer …'
  echo hello | longwire connect ws://127.0.0.1:9001/         each line is a message; closes at the end of input
  longwire connect wss://host/feed --json | jq .data         each event is one JSON object
  longwire connect ws://127.0.0.1:9001/ --echo               sends everything back until the peer closes

On a terminal, /help lists what can be typed besides messages. Control characters and the like in what arrives are
shown as escapes; --json has it unchanged. With --echo the last line is "CLOSE <code> <wasClean>".
${exitCodesHelp}`;

export const doctorHelp: string = `
Looks at name, TCP, TLS, ALPN, the upgrade and its headers, compression, pings and the close; at a Longwire server also
at each transport of a session, and from that at what proxies in between do. Says what is wrong and which lines of nginx
or haproxy mend it. Sends no messages to the application unless --echo or --max-message is given.

Examples:
  longwire doctor wss://chat.example/chat/lobby
  longwire doctor wss://host/feed -H 'Authorization: Bearer …'
  longwire doctor ws://127.0.0.1:9001/ --echo
  longwire doctor wss://host/feed --idle               waits 130 s: is a silent connection cut, and after how long?
  longwire doctor wss://host/feed --idle 20
  longwire doctor ws://127.0.0.1:9001/ --max-message   how large may a message be? Sends up to 16 MiB at once
  longwire doctor wss://host/feed --json | jq '.findings[].id'

Secrets in addresses and headers are not shown, and what arrives is shown with escapes. Ctrl-C ends it with what is
known until then.

Exit codes:
  0  nothing is wrong
  1  a WebSocket does not get through
  2  the command line was not understood; nothing was done
  3  it gets through, and there are warnings, or it was ended early`;

export const decodeHelp: string = `
Understands plain hexadecimal, what xxd, hexdump -C, od, tcpdump -X and Wireshark print, and pcap and pcapng files
(Ethernet, loopback, Linux cooked, raw IP; IPv4 and IPv6). Explains the opening handshake, each frame with its bits, the
rule that a wrong one breaks, messages in fragments or compressed, and the packets of a Longwire session.

Examples:
  echo '81 85 37 fa 21 3d 7f 9f 4d 51 58' | longwire decode
  xxd frames.bin | longwire decode
  longwire decode capture.pcapng --port 8101
  longwire decode capture.pcap --json | jq 'select(.opcode == "close")'

To capture: tcpdump -i any -w capture.pcap port 8101. TLS cannot be read: capture between the proxy and the server.
Cookies, tokens and tickets in headers and packets are not shown; the payload of messages is.

Exit codes:
  0  explained to the end
  1  damaged, cut off, too large or not understood: one sentence says where; what comes before it is explained
  2  the command line was not understood; nothing was done`;

export const recordHelp: string = `
Each line of the input is a message, as with connect. At the end of the input it waits for the last answers and closes,
or goes on until --for is over. The file has a line for each message, with its time in milliseconds.

Examples:
  longwire record wss://host/feed feed.jsonl --for 60 </dev/null
  printf 'hello\\nworld\\n' | longwire record ws://127.0.0.1:9001/ talk.jsonl

Tokens and passwords are taken out of what is recorded, by their names, unless --keep-secrets is given.
${exitCodesHelp}`;

export const replayHelp: string = `
Examples:
  longwire replay talk.jsonl ws://127.0.0.1:9001/
  longwire replay talk.jsonl ws://127.0.0.1:9001/ --speed 10
  longwire replay feed.jsonl wss://staging/feed --ignore '"(time|id)":[^,}]+'

Says what the recorded server sent and this one does not (-), and the other way round (+).

Exit codes:
  0  every answer came as recorded
  1  something differs, or no conversation came about
  2  the command line was not understood; nothing was done`;

export const firstSteps: string = `
Begin with:
  longwire serve                            a chat at http://127.0.0.1:8101/; open it in two windows
  longwire echo --port 9001                 a server that sends everything back
  longwire connect ws://127.0.0.1:9001/     talk to it
  longwire doctor wss://host/path           why does it not work there?
${exitCodesHelp}
  3  doctor only: a WebSocket gets through, and there are warnings

Colour is left out when the output is no terminal or NO_COLOR is set, and forced by FORCE_COLOR=1.`;
