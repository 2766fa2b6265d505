// A server without a log of its own, one refusal and one lost connection: for NODE_DEBUG=longwire. Run by
// server-secrets.test.ts with a secret as its argument.
import { createServer } from "../../../src/server/index.ts";
import { connectRaw, rawFrame } from "../../support/raw-client.ts";

const secret = process.argv[2] ?? "";
const server = createServer();
server.route("/", { open() {} });
const { port } = await server.listen({ host: "127.0.0.1" });
const refused = await connectRaw(port);
await refused.upgrade(`/nowhere?token=${secret}`, { Authorization: `Bearer ${secret}` });
await refused.closed();
const lost = await connectRaw(port);
await lost.upgrade(`/?token=${secret}`, { Authorization: `Bearer ${secret}` });
lost.write(rawFrame({ opcode: 3 }));
await lost.ended();
lost.end();
await lost.closed();
await server.close();
