// The words of the part “The handshake”.
import type { Probe, StepName } from "../../../src/cli/lab/handshake/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "The handshake", zh: "握手" };
export const lead: Text = {
  en: "A WebSocket begins as an HTTP request: “let us speak something else from here on”. Here is a real one, header by header.",
  zh: "WebSocket 从一个 HTTP 请求开始：“从现在起我们改用另一种协议”。这里逐个头字段地展示一次真实的握手。",
};

// --- the heads ---

export const headsTitle: Text = { en: "The request and the answer", zh: "请求与应答" };
export const headsText: Text = {
  en: "This page has just called `new WebSocket(…)`. This is what its browser sent and what the server answered. After the empty line there is no HTTP any more: the same connection carries frames.",
  zh: "本页面刚刚调用了 `new WebSocket(…)`。下面是浏览器发送的内容与服务器的回答。空行之后不再有 HTTP：同一条连接改为传输帧。",
};
export const againText: Text = { en: "Do it again", zh: "再来一次" };
export const requestText: Text = { en: "From the browser", zh: "来自浏览器" };
export const responseText: Text = { en: "From the server", zh: "来自服务器" };
export const headBytesText = (request: number, response: number, isExact: boolean): Text => ({
  en: `${request} bytes there, ${response} back, once for the whole life of the connection.${isExact ? " The request is as long as what the server's socket has counted." : ""}`,
  zh: `去程 ${request} 字节，回程 ${response} 字节，整个连接期间只需一次。${isExact ? "请求的长度与服务器套接字的计数一致。" : ""}`,
});
export const blockedText: Text = {
  en: "The connection did not open. Something between this page and the server may not let WebSocket through.",
  zh: "连接未能打开。页面与服务器之间可能有某个环节不允许 WebSocket 通过。",
};
export const waitingText: Text = { en: "Waiting for the server…", zh: "正在等待服务器…" };

const rfc = (section: string): string => `https://www.rfc-editor.org/rfc/rfc6455#section-${section}`;

/** By header in lower case. What is not here has nothing to do with WebSocket. */
export const headerTexts: Readonly<Record<string, Text>> = {
  "request-line": {
    en: "An ordinary GET, of HTTP/1.1 or later: so that every server and proxy can read it.",
    zh: "普通的 HTTP/1.1（或更高版本）GET 请求：任何服务器和代理都能读懂。",
  },
  "status-line": {
    en: `101: the server agrees to [change the protocol](${rfc("4.2.2")}). Anything else means no.`,
    zh: `101：服务器同意[切换协议](${rfc("4.2.2")})。其他状态码都表示拒绝。`,
  },
  host: {
    en: "Which of the server's names is meant. A server that only serves this machine checks it, so that no foreign name can be pointed at it.",
    zh: "请求的是服务器的哪个名字。只服务本机的服务器会检查它，以防外部域名被指向这里。",
  },
  connection: {
    en: "“Upgrade”: the header Upgrade is meant for whoever reads this first. A proxy that does not know it drops both, and the handshake fails.",
    zh: "“Upgrade”：表示 Upgrade 头是给第一个读者的。不认识它的代理会把两者都丢掉，握手随之失败。",
  },
  upgrade: {
    en: "The protocol to change to.",
    zh: "要切换到的协议。",
  },
  origin: {
    en: `Which site's page is asking. [Only browsers send it](${rfc("10.2")}), and pages cannot change it: the server uses it to keep foreign pages out.`,
    zh: `发起请求的页面属于哪个网站。[只有浏览器会发送](${rfc("10.2")})，页面无法修改：服务器据此拒绝外来页面。`,
  },
  "sec-websocket-version": {
    en: `13 is the [only version](${rfc("4.4")}) there is; earlier numbers were drafts.`,
    zh: `13 是[唯一的正式版本](${rfc("4.4")})；更早的编号都是草案。`,
  },
  "sec-websocket-key": {
    en: `16 random bytes in base64, new each time. [No secret and no password](${rfc("1.3")}): it only makes sure that the answer was made for this request.`,
    zh: `16 个随机字节的 base64，每次都不同。它[不是密码](${rfc("1.3")})，只用来确保应答是为这次请求而生成的。`,
  },
  "sec-websocket-extensions": {
    en: `What the browser could do besides, such as [compression](https://www.rfc-editor.org/rfc/rfc7692). This server takes up none, so its answer has no such line.`,
    zh: `浏览器还支持的扩展，例如[压缩](https://www.rfc-editor.org/rfc/rfc7692)。此服务器没有采用，因此应答中没有这一行。`,
  },
  "sec-websocket-protocol": {
    en: `[Subprotocols](${rfc("1.9")}): the page offers names for what it wants to talk about, the server picks one.`,
    zh: `[子协议](${rfc("1.9")})：页面提出若干名称，服务器从中选择一个。`,
  },
  "sec-websocket-accept": {
    en: "The proof: computed from the key, as shown below. A server that knows nothing of WebSocket cannot give it.",
    zh: "证明：由密钥计算得出，见下文。不懂 WebSocket 的服务器无法给出它。",
  },
  "user-agent": { en: "Which browser this is. WebSocket does not care.", zh: "浏览器的名称。与 WebSocket 无关。" },
  cookie: {
    en: "Cookies go along as with any request. That is why the Origin has to be checked.",
    zh: "与其他请求一样会携带 Cookie，因此必须检查 Origin。",
  },
  pragma: { en: "No cache may answer this.", zh: "不得由缓存回答。" },
  "cache-control": { en: "No cache may answer this.", zh: "不得由缓存回答。" },
};
export const otherHeaderText: Text = {
  en: "Sent with every request; nothing to do with WebSocket.",
  zh: "每个请求都会携带，与 WebSocket 无关。",
};

// --- the proof ---

export const acceptTitle: Text = { en: "How the proof is computed", zh: "证明是如何计算的" };
export const acceptText: Text = {
  en: `The server takes the key, puts a fixed text behind it, hashes both with SHA-1 and writes the 20 bytes in base64. The browser does the same and compares. Change the key and see: this page computes with the same code as the server. [RFC 6455 §4.2.2](${rfc("4.2.2")})`,
  zh: `服务器取密钥，在其后接上一段固定文本，用 SHA-1 求散列，再把 20 个字节写成 base64。浏览器做同样的计算并比较。修改密钥试试：本页面使用与服务器相同的代码。[RFC 6455 §4.2.2](${rfc("4.2.2")})`,
};
export const keyText: Text = { en: "The key", zh: "密钥" };
export const randomText: Text = { en: "Another random key", zh: "另一个随机密钥" };
export const realText: Text = { en: "The real one", zh: "真实的密钥" };
export const stepTexts = {
  join: { en: "Key and fixed text, one behind the other", zh: "密钥与固定文本相接" },
  hash: { en: "SHA-1 of that: 20 bytes", zh: "求 SHA-1：20 个字节" },
  encode: { en: "The same in base64", zh: "写成 base64" },
  compare: { en: "What the server answered", zh: "服务器的应答" },
} satisfies Readonly<Record<string, Text>>;
export const sameText: Text = { en: "The same: the browser opens the connection.", zh: "一致：浏览器打开连接。" };
export const differentText: Text = {
  en: "Not the same, because this is not the key that was sent. A browser would end the connection here.",
  zh: "不一致，因为这不是当时发送的密钥。浏览器会在此处结束连接。",
};
export const badKeyText: Text = {
  en: "This is no key: expected are 16 bytes in base64, 24 characters with == at the end. A server answers 400.",
  zh: "这不是有效的密钥：应为 16 字节的 base64，共 24 个字符，以 == 结尾。服务器会回答 400。",
};

// --- the time line ---

export const timeTitle: Text = { en: "How long it takes, step by step", zh: "每一步需要多久" };
export const timeText: Text = {
  en: "A page is not shown what happens before its request. So the server dialled itself, and measured. On one machine each step takes no time to speak of; over a distance each needs at least one round trip. Move the slider to see what distance adds.",
  zh: "页面看不到请求之前发生的事，因此由服务器拨通自己并进行测量。在同一台机器上每一步几乎不耗时；而在远距离上，每一步至少需要一个往返。拖动滑块看看距离的影响。",
};
export const measureText: Text = { en: "Measure again", zh: "重新测量" };
export const distanceText: Text = { en: "A round trip of", zh: "往返时间" };
export const stepNames: Readonly<Record<StepName, Text>> = {
  dns: { en: "DNS", zh: "DNS" },
  tcp: { en: "TCP", zh: "TCP" },
  tls: { en: "TLS", zh: "TLS" },
  http: { en: "HTTP → 101", zh: "HTTP → 101" },
  message: { en: "first message", zh: "首条消息" },
};
export const stepNotes: Readonly<Record<StepName, Text>> = {
  dns: { en: "The name is looked up: which address is it?", zh: "查询名字对应的地址。" },
  tcp: {
    en: "Three packets: SYN there, SYN-ACK back, ACK there. Now bytes can flow.",
    zh: "三个包：SYN 去，SYN-ACK 回，ACK 去。此后字节可以流动。",
  },
  tls: {
    en: "Keys are agreed on and the server shows its certificate. TLS 1.3 needs one round trip, TLS 1.2 two.",
    zh: "协商密钥，服务器出示证书。TLS 1.3 需要一个往返，TLS 1.2 需要两个。",
  },
  http: { en: "The request above, and the answer 101.", zh: "上面的请求，以及 101 应答。" },
  message: {
    en: "A frame there and its echo back: from here on every message costs just this.",
    zh: "一个帧发出并被回显：此后每条消息只需如此。",
  },
};
export const dialledText = (name: string, addresses: string, authority: string): Text => ({
  en: `${name} is ${addresses}. Dialled: ${authority}.`,
  zh: `${name} 对应 ${addresses}。拨通：${authority}。`,
});
export const tlsText = (protocol: string, cipher: string, isMadeUp: boolean): Text => ({
  en: `${protocol}, ${cipher}.${isMadeUp ? " This page was loaded without TLS, so a neighbour of the server was dialled, with a certificate made for this and signed by nobody." : ""}`,
  zh: `${protocol}，${cipher}。${isMadeUp ? "本页面未使用 TLS 加载，因此拨通的是服务器旁边的一个监听端口，其证书为此临时生成，无人签发。" : ""}`,
});
export const withoutTlsText: Text = { en: "ws:// without TLS", zh: "ws://（无 TLS）" };
export const withTlsText: Text = { en: "wss:// with TLS", zh: "wss://（有 TLS）" };
export const stepBytesText = (up: number, down: number): Text => ({
  en: `${up.toLocaleString("en")} B there, ${down.toLocaleString("en")} B back`,
  zh: `去 ${up.toLocaleString("en")} B，回 ${down.toLocaleString("en")} B`,
});
export const totalText = (measured: string, added: string): Text => ({
  en: `Measured ${measured} in all${added === "" ? "" : `; with this distance about ${added} (reckoned, not measured)`}.`,
  zh: `实测共 ${measured}${added === "" ? "" : `；加上此距离约 ${added}（推算，非实测）`}。`,
});
export const measureFailedText = (fault: string): Text => ({
  en: `The server could not dial itself: ${fault}.`,
  zh: `服务器无法拨通自己：${fault}。`,
});
export const noDistanceText: Text = { en: "none: this machine", zh: "无：本机" };

// --- the URL ---

export const urlTitle: Text = { en: "The parts of a WebSocket URL", zh: "WebSocket URL 的组成" };
export const urlText: Text = {
  en: `\`ws\` is like http and goes to port 80, \`wss\` is like https and goes to port 443, unless the URL says another port. A page that was loaded with https may only use wss. [RFC 6455 §3](${rfc("3")})`,
  zh: `\`ws\` 类似 http，默认端口 80；\`wss\` 类似 https，默认端口 443，除非 URL 另有指定。以 https 加载的页面只能使用 wss。[RFC 6455 §3](${rfc("3")})`,
};
export const urlFieldText: Text = { en: "A URL", zh: "URL" };
export const partTexts = {
  scheme: { en: "scheme", zh: "协议" },
  host: { en: "host", zh: "主机" },
  port: { en: "port", zh: "端口" },
  path: { en: "path and query", zh: "路径与查询" },
  credentials: { en: "credentials", zh: "凭据" },
} satisfies Readonly<Record<string, Text>>;
export const defaultPortText: Text = { en: "the default", zh: "默认" };
export const encryptedText: Text = { en: "encrypted with TLS", zh: "以 TLS 加密" };
export const plainText: Text = { en: "not encrypted", zh: "未加密" };
export const credentialsText: Text = {
  en: "sent as Authorization by programs; pages may not",
  zh: "程序会以 Authorization 发送；网页不可以",
};
export const requestLineText = (line: string): Text => ({
  en: `The request will begin with \`${line}\`.`,
  zh: `请求将以 \`${line}\` 开头。`,
});
export const blockedPortText = (port: number): Text => ({
  en: `No browser connects to port ${port}: another protocol lives there, and a page could be used to attack it.`,
  zh: `浏览器不会连接端口 ${port}：那里属于其他协议，网页可能被用来攻击它。`,
});
export const rewrittenText = (from: string, to: string): Text => ({
  en: `${from} stands for ${to} since 2023; older browsers refuse it.`,
  zh: `自 2023 年起 ${from} 等同于 ${to}；较旧的浏览器会拒绝。`,
});
export const urlFaults = {
  none: {
    en: "This is not a URL. It needs a scheme and a host: ws://host/path. (A page may also give a relative one.)",
    zh: "这不是 URL。需要协议与主机：ws://host/path。（网页也可以给出相对 URL。）",
  },
  scheme: {
    en: "Its scheme is none that a WebSocket can have. Expected: ws or wss.",
    zh: "其协议不能用于 WebSocket。应为 ws 或 wss。",
  },
  fragment: {
    en: "It has a fragment (#…). A fragment names a place in a document, and here is none: browsers throw a SyntaxError.",
    zh: "它带有片段（#…）。片段表示文档中的位置，而这里没有文档：浏览器会抛出 SyntaxError。",
  },
} satisfies Readonly<Record<string, Text>>;

// --- what others get ---

export const probesTitle: Text = { en: "What others get", zh: "其他请求会得到什么" };
export const probesText: Text = {
  en: "The server's half of the lab sends each of these to this very server, over a TCP connection of its own. Nothing is made up: this is what came back.",
  zh: "实验室的服务器端会把下列每个请求通过单独的 TCP 连接真实地发送给本服务器。没有任何虚构：下面就是得到的回答。",
};
export const probeNames: Readonly<Record<Probe, Text>> = {
  plain: { en: "An ordinary GET", zh: "普通的 GET" },
  version: { en: "Version 12", zh: "版本 12" },
  keyless: { en: "No key", zh: "没有密钥" },
  shortKey: { en: "A key of 5 bytes", zh: "5 字节的密钥" },
  connection: { en: "Connection: keep-alive", zh: "Connection: keep-alive" },
  post: { en: "POST", zh: "POST" },
  http10: { en: "HTTP/1.0", zh: "HTTP/1.0" },
  origin: { en: "A page of another site", zh: "其他网站的页面" },
  host: { en: "Another host's name", zh: "其他主机名" },
  path: { en: "A path with nothing", zh: "不存在的路径" },
  noHttp: { en: "No HTTP at all", zh: "根本不是 HTTP" },
  right: { en: "All right", zh: "完全正确" },
};
export const probeNotes: Readonly<Record<Probe, Text>> = {
  plain: {
    en: "Somebody has put the address into a browser. 426 says: this needs an upgrade.",
    zh: "有人把地址输入了浏览器。426 表示：需要升级协议。",
  },
  version: {
    en: "A client of another version. The answer says which one is spoken here, so that it can try again.",
    zh: "其他版本的客户端。应答会说明支持哪个版本，以便对方重试。",
  },
  keyless: { en: "Without a key there is nothing to prove.", zh: "没有密钥就无从证明。" },
  shortKey: { en: "A key has 16 bytes.", zh: "密钥必须是 16 字节。" },
  connection: {
    en: "What a proxy makes of it that is not set up for WebSocket: Connection says nothing of Upgrade.",
    zh: "未配置 WebSocket 的代理常见的结果：Connection 中没有 Upgrade。",
  },
  post: { en: "The method has to be GET.", zh: "方法必须是 GET。" },
  http10: { en: "HTTP/1.0 knows no Upgrade.", zh: "HTTP/1.0 不支持 Upgrade。" },
  origin: {
    en: "The Origin is not ours: without this check any page in the world could use your cookies here.",
    zh: "Origin 不是我们的：如果不检查，世界上任何页面都能在这里使用您的 Cookie。",
  },
  host: {
    en: "A foreign name that points to this machine (DNS rebinding). A server that only serves this machine refuses it.",
    zh: "指向本机的外部域名（DNS 重绑定）。只服务本机的服务器会拒绝。",
  },
  path: { en: "There is no WebSocket at this path.", zh: "此路径上没有 WebSocket。" },
  noHttp: { en: "The server does not guess: 400, and the connection ends.", zh: "服务器不会猜测：400，并结束连接。" },
  right: { en: "And this is how it should be.", zh: "这才是正确的做法。" },
};
export const sentText: Text = { en: "Sent", zh: "发送" };
export const gotText: Text = { en: "Came back", zh: "返回" };
export const endedText: Text = { en: "Then the server ended the connection.", zh: "随后服务器结束了连接。" };
export const stillOpenText: Text = { en: "The connection stayed open.", zh: "连接保持打开。" };
export const nothingText: Text = { en: "nothing", zh: "没有任何内容" };
export const readMoreText: Text = {
  en: `Read more: [what a client sends](${rfc("4.1")}), [what a server checks](${rfc("4.2.1")}), [what it answers](${rfc("4.2.2")}), [what the key is for](${rfc("1.3")}).`,
  zh: `延伸阅读：[客户端发送什么](${rfc("4.1")})、[服务器检查什么](${rfc("4.2.1")})、[服务器回答什么](${rfc("4.2.2")})、[密钥的用途](${rfc("1.3")})。`,
};
