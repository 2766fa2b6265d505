// One port, one login for pages and sockets: Express serves HTTP and sets the cookie, Longwire looks at it. Run it with
//
//   npx tsx examples/with-express.ts 8080        and open http://127.0.0.1:8080/login/Ada
import { randomUUID } from "node:crypto";
import express from "express";
import { createServer } from "longwire/server";

const names = new Map<string, string>();

const app = express();
app.get("/login/:name", (request, response) => {
  const key = randomUUID();
  names.set(key, request.params.name);
  response.cookie("login", key, { httpOnly: true, sameSite: "strict" }).send("Logged in.\n");
});
app.post("/news", express.text(), (request, response) => {
  // Routes of HTTP may publish as well: here what a webhook, a form or another service has to say.
  const heard = realtime.publish("news", String(request.body));
  response.send(`heard by ${heard}\n`);
});

// Pages of this origin only, which is the default: the cookie is sent whichever page asks.
const realtime = createServer({
  authenticate(request) {
    const key = /(?:^|; )login=([^;]*)/.exec(request.headers.get("cookie") ?? "")?.[1] ?? "";
    const name = names.get(key);
    if (name === undefined) throw new Response("Log in first.\n", { status: 401 });
    return { id: key, name };
  },
});
realtime.route("/news", {
  open(socket) {
    socket.send(`hello, ${socket.user.name}`);
    socket.subscribe("news");
  },
});

const http = app.listen(Number(process.argv[2] ?? 8080), "127.0.0.1", () => {
  const address = http.address();
  console.log(`express at http://127.0.0.1:${typeof address === "object" ? address?.port : ""}/`);
});
realtime.attach(http);

process.once("SIGTERM", () => {
  // In this order: HTTP servers wait for open connections, and WebSockets are some.
  void realtime.drain().then(() => http.close());
});
