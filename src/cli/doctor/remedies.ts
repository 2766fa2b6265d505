// What helps against what was found: the lines to add to nginx and haproxy, and a sentence where no line helps. The lines are
// those of docs/guides/behind-a-proxy.md, which npm test runs. Which of them is shown depends on what stands in between.

export interface Remedy {
  readonly text: string;
  readonly nginx?: readonly string[];
  readonly haproxy?: readonly string[];
}

const passUpgrade: Remedy = {
  text: "Tell the proxy to pass the upgrade on.",
  nginx: [
    "proxy_http_version 1.1;",
    "proxy_set_header Upgrade $http_upgrade;",
    'proxy_set_header Connection "upgrade";',
    "proxy_set_header Host $http_host;",
  ],
  haproxy: [
    "# haproxy passes upgrades on by itself; look for what takes them away:",
    "#   http-request del-header Upgrade   (or Connection)",
    "#   option httpclose                  (remove it)",
  ],
};

const streamAnswers: Remedy = {
  text: "Tell the proxy to pass answers on as they come, or let WebSocket through: then nothing has to be streamed.",
  nginx: ["proxy_buffering off;", "proxy_cache off;", "gzip off;   # at least for application/longwire"],
  haproxy: ["no option http-buffer-request", "# and no compression for application/longwire"],
};

export type RemedyName =
  | "passUpgrade"
  | "streamAnswers"
  | "allowUpgrade"
  | "passBytes"
  | "sendOnce"
  | "waitLonger"
  | "liveLonger"
  | "passWhole"
  | "useTls"
  | "useNoTls"
  | "listen"
  | "checkName"
  | "fixAddress"
  | "renew"
  | "sendChain"
  | "rename"
  | "newTls"
  | "offerHttp1"
  | "addHost"
  | "authenticate"
  | "checkPath"
  | "useClient"
  | "follow"
  | "waitAndRetry"
  | "answerPings"
  | "answerClose"
  | "fixHandshake"
  | "fixEcho"
  | "keepRules"
  | "stayWithOne"
  | "routeLine";

export const remedies: Readonly<Record<RemedyName, Remedy>> = {
  passUpgrade,
  streamAnswers,
  allowUpgrade: {
    text:
      "Ask whoever runs the firewall or gateway in between to allow WebSocket upgrades to this host. Through wss: on port " +
      "443 most of them see nothing to forbid.",
    nginx: ["# look for a rule such as: if ($http_upgrade) { return 403; }"],
    haproxy: ["# look for a rule such as: http-request deny if { hdr(Upgrade) -i websocket }"],
  },
  passBytes: {
    text:
      "What answers 101 must pass bytes on afterwards, in both directions, until one side ends. A gateway that inspects " +
      "traffic often does not; through wss: it sees no WebSocket.",
  },
  sendOnce: {
    text: "A request that is not idempotent must not be sent again by the proxy.",
    nginx: ["proxy_next_upstream error timeout http_503;   # without non_idempotent"],
    haproxy: ["retry-on conn-failure   # only what was never sent"],
  },
  waitLonger: {
    text: "Let the proxy wait longer than three pings take, or ping more often than it cuts.",
    nginx: ["proxy_read_timeout 75s;", "proxy_send_timeout 75s;"],
    haproxy: ["timeout tunnel 75s", "timeout client 75s", "timeout server 75s"],
  },
  liveLonger: {
    text:
      "Something limits how long a connection may live, whatever goes over it. A Longwire session survives it; a plain " +
      "WebSocket has to be opened anew each time. Raise the limit where you can.",
    haproxy: ["timeout tunnel 1h", "# and a larger hard-stop-after, if the proxy is reloaded often"],
    nginx: ["worker_shutdown_timeout 1h;   # if the proxy is reloaded often"],
  },
  passWhole: {
    text:
      "Something passes bytes on one by one, each in a packet of its own. It works, slowly, and costs forty bytes for each. " +
      "Look for a gateway that inspects traffic, or an emulated link.",
  },
  useTls: { text: "Use wss: (or https:) in the address." },
  useNoTls: { text: "Use ws: in the address, or give the server a certificate." },
  listen: { text: "Check that the server runs, on this port, and on an address that can be reached from here." },
  checkName: { text: "Check the spelling of the name, and the name server of this network." },
  fixAddress: {
    text: "Remove the dead address from the name's records, or make the server listen on it: clients try them in turn.",
  },
  renew: {
    text: "Renew the certificate, and see to it that the server loads the new one.",
    nginx: ["nginx -s reload   # after the renewal"],
    haproxy: ["systemctl reload haproxy   # after the renewal"],
  },
  sendChain: {
    text:
      "Serve the whole chain, with the certificates in between, and one that clients trust. For an authority of your own: " +
      "NODE_EXTRA_CA_CERTS=ca.pem in Node, and the authority in the system's store for browsers.",
    nginx: ["ssl_certificate /etc/ssl/fullchain.pem;   # not cert.pem"],
    haproxy: ["bind :443 ssl crt /etc/haproxy/full.pem   # certificate, chain and key"],
  },
  rename: { text: "Get a certificate whose subjectAltName has this name, or use the name that it has." },
  newTls: {
    text: "Offer TLS 1.2 and 1.3 only.",
    nginx: ["ssl_protocols TLSv1.2 TLSv1.3;"],
    haproxy: ["ssl-default-bind-options ssl-min-ver TLSv1.2"],
  },
  offerHttp1: {
    text: "Let the server speak HTTP/1.1 beside HTTP/2: most clients open WebSockets over it.",
    haproxy: ["bind :443 ssl crt /etc/haproxy/full.pem alpn h2,http/1.1"],
    nginx: ["listen 443 ssl;"],
  },
  addHost: {
    text: "Add the public name to the server's option `hosts`, or pass the Host header on as it was.",
    nginx: ["proxy_set_header Host $http_host;"],
    haproxy: ["# haproxy passes Host on by itself; look for http-request set-header Host"],
  },
  authenticate: {
    text: "Give what the server wants to see: -H 'Authorization: Bearer …', -H 'Cookie: …' or -H 'Origin: …'.",
  },
  checkPath: { text: "Check the path: nothing there speaks WebSocket." },
  useClient: {
    text: "Nothing, for longwire/client. A client that speaks WebSocket only needs the address of a route.",
  },
  follow: { text: "Use the address that the answer names; WebSocket clients follow no redirects." },
  waitAndRetry: { text: "Try again later; if it stays so, look at the server's limits and at whether it is up." },
  answerPings: {
    text: "RFC 6455 §5.5.2: an endpoint answers a ping with a pong. Use another WebSocket library on the server.",
  },
  answerClose: {
    text:
      "RFC 6455 §5.5.1: a Close is answered with a Close, and the server then ends TCP. Without it clients wait for their " +
      "time-out, and the connection is held for nothing.",
  },
  fixHandshake: {
    text: "The server's answer breaks RFC 6455 §4.2.2; no browser takes it. Use another WebSocket library there.",
  },
  fixEcho: { text: "Check whether this address really sends everything back; --echo is for those that do." },
  stayWithOne: {
    text:
      "A session lives in one server: whoever comes back, or sends a request, has to get there. By address, or, for pages, by a " +
      "cookie as in docs/guides/behind-a-proxy.md.",
    nginx: ["hash $remote_addr consistent;   # in upstream { }, instead of least_conn"],
    haproxy: ["balance source", "hash-type consistent"],
  },
  keepRules: {
    text: "Use another WebSocket library on the server, or see who else writes into the connection: a proxy that compresses, for example.",
  },
  routeLine: {
    text: "Pass the line's path on to the same server, or sessions have WebSocket only and nothing to fall back on.",
    nginx: ["location /longwire { proxy_pass http://longwire; }   # with the same lines as for the WebSocket"],
    haproxy: ["use_backend longwire if { path_beg /longwire }"],
  },
};
