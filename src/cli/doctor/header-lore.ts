// What each header of an opening handshake is for, in a few words: shown beside it. RFC 6455 §1.3 and §11.3, RFC 9110.

const lore = new Map<string, string>([
  ["host", "which site is meant, where one address has several"],
  ["upgrade", "the protocol to change to"],
  ["connection", "what holds for this hop only: a proxy has to pass Upgrade on by itself"],
  ["sec-websocket-key", "random, once; the answer must be made from it"],
  ["sec-websocket-version", "13 is the only one there is"],
  ["sec-websocket-protocol", "subprotocols: in the request those offered, in the answer the one chosen"],
  ["sec-websocket-extensions", "extensions: permessage-deflate is the one in use"],
  ["sec-websocket-accept", "made from the key: the answer is for this request and no other"],
  ["origin", "the page it comes from; browsers always send it, and servers should check it"],
  ["authorization", "who asks"],
  ["cookie", "who asks"],
  ["set-cookie", "to be sent back; load balancers use it to find the same server again"],
  ["user-agent", "which program asks"],
  ["server", "which program answers: the server, or the last proxy before it"],
  ["via", "proxies that the answer went through"],
  ["x-forwarded-for", "whom a proxy has asked for"],
  ["location", "where to go instead; WebSocket clients do not"],
  ["retry-after", "when to come again"],
  ["www-authenticate", "how to say who asks"],
  ["date", "when it was answered, by the server's clock"],
  ["content-type", "what the body is; an answer that upgrades has none"],
  ["content-length", "the body's bytes; an answer that upgrades has none"],
  ["transfer-encoding", "how the body is sent; an answer that upgrades has none"],
  ["cache-control", "whether a cache may keep it"],
  ["strict-transport-security", "only over TLS from now on"],
  ["cf-ray", "it went through Cloudflare"],
  ["x-powered-by", "the framework of the application"],
  ["keep-alive", "how long the connection is kept for the next request"],
  ["allow", "the methods that are taken here"],
]);

export function explainHeader(name: string): string | undefined {
  return lore.get(name.toLowerCase());
}
