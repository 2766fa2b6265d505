// Tokens that live for seconds, a socket that lives for days: the client fetches the next token before the old one lapses, and the
// server looks at it, on the connection that is open. Server and client in one file. Run it with
//
//   npx tsx examples/token-refresh.ts
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { Line } from "longwire/client";
import { createServer } from "longwire/server";

interface User {
  readonly id: string;
  /** Seconds since 1970. */
  readonly expires: number;
}

const LIFETIME_SECONDS = Number(process.argv[2] ?? 5);
const secret = randomBytes(32);

/** What your login service does. A real one would use a JWT library; the way is the same. */
function issue(id: string): string {
  const claims = Buffer.from(JSON.stringify({ id, expires: Date.now() / 1000 + LIFETIME_SECONDS })).toString(
    "base64url",
  );
  return `${claims}.${sign(claims)}`;
}

function verify(token: string): User | undefined {
  const [claims = "", signature = ""] = token.split(".");
  const [given, expected] = [Buffer.from(signature), Buffer.from(sign(claims))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  const user = JSON.parse(Buffer.from(claims, "base64url").toString()) as User;
  return user.expires > Date.now() / 1000 ? user : undefined;
}

function sign(claims: string): string {
  return createHmac("sha256", secret).update(claims).digest("base64url");
}

const server = createServer<User>({
  // Asked when a session begins, when it comes back after a cut, and when the client shows a new token.
  authenticate(request) {
    const token = request.headers.get("authorization")?.replace(/^Bearer /, "") ?? "";
    const user = verify(token);
    if (user === undefined) throw new Response("Log in again.\n", { status: 401 });
    console.log(`${user.id} showed a good token`);
    return user;
  },
  line: {
    principal: (user) => user.id,
    expiresIn: (user) => user.expires - Date.now() / 1000,
  },
});
server.route("/clock", (socket) => {
  const timer = setInterval(() => socket.send(new Date().toISOString()), 1_000);
  socket.onclose = () => clearInterval(timer);
});
const { url } = await server.listen({ host: "127.0.0.1", port: 0 });

let issued = 0;
const line = new Line(url, {
  // In a page: `async () => (await fetch("/token")).text()`. When it fails it is asked again, with growing pauses.
  token() {
    issued += 1;
    console.log(`token ${issued} fetched`);
    return issue("ada");
  },
});
const socket = line.open("/clock");
socket.onmessage = () => {
  if (issued < 3) return;
  // Two tokens have lapsed, and the socket has not noticed.
  console.log("still open");
  line.close();
  void server.close();
};
