// The words of the part “The way here”.
import type { CallName, DuplexMode, RunKind } from "../../../src/cli/lab/way/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "The way here", zh: "来路" };
export const lead: Text = {
  en: "Below a WebSocket there is HTTP, and below HTTP a handful of calls that every program makes. What each of them could do, and what was missing.",
  zh: "WebSocket 之下是 HTTP，HTTP 之下是每个程序都会用到的几个系统调用。它们各自能做什么，又缺少什么。",
};

// --- the calls below ---

export const callsTitle: Text = { en: "The calls below it all", zh: "一切之下的调用" };
export const callsText: Text = {
  en: "The server has just opened a second, small server and dialled it. These are the calls that both programs made, in the order in which they happened. The chat, this page and every WebSocket in the world begin with them.",
  zh: "服务器刚刚另外打开了一个小服务器并与之连接。以下是双方程序按发生顺序所做的调用。聊天、本页面以及世界上的每个 WebSocket 都由此开始。",
};
export const callsAgainText: Text = { en: "Do it again", zh: "再做一次" };
export const serverText: Text = { en: "Server", zh: "服务器" };
export const clientText: Text = { en: "Client", zh: "客户端" };
export const callsNoteText: Text = {
  en: "Node makes these calls for the program; a time is when it says that the call is done. More: [RFC 9293 §3.5](https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5) on how TCP connects.",
  zh: "这些调用由 Node 代程序完成；时间是它报告调用完成的时刻。更多：[RFC 9293 §3.5](https://www.rfc-editor.org/rfc/rfc9293.html#section-3.5) 讲述 TCP 如何建立连接。",
};
export const callTexts: Readonly<Record<CallName, Text>> = {
  socket: { en: "asks for an end of a connection that is not there yet", zh: "申请一个尚未建立的连接端点" },
  bind: { en: "takes an address and a port", zh: "占用一个地址和端口" },
  listen: { en: "will take connections there", zh: "开始在此接受连接" },
  connect: { en: "dials; the two systems shake hands", zh: "拨号；两个系统进行握手" },
  accept: { en: "gets a socket of its own for this caller", zh: "为这位来访者得到一个专用套接字" },
  connected: { en: "connect returns: there is a connection", zh: "connect 返回：连接已建立" },
  write: { en: "hands bytes to the system", zh: "把字节交给系统" },
  read: { en: "gets them, as they were", zh: "原样收到这些字节" },
  close: { en: "says that it will send no more", zh: "表示不再发送" },
  end: { en: "reads the end: nothing more will come", zh: "读到结尾：不会再有数据" },
};
export const bytesText = (count: string): Text => ({ en: `${count} bytes`, zh: `${count} 字节` });

// --- nobody remembers ---

export const visitTitle: Text = { en: "HTTP remembers nothing", zh: "HTTP 什么都不记得" };
export const visitText: Text = {
  en: "To HTTP every request is the first one. So a page says everything again each time: which browser it is, what it accepts, and with a cookie who it is. Five requests of this page, as the server got them; grey was said in the request before, word for word.",
  zh: "对 HTTP 而言，每个请求都是第一个。因此页面每次都要重说一遍：是什么浏览器、接受什么，并用 cookie 说明自己是谁。下面是本页面的五个请求在服务器收到时的样子；灰色部分在上一个请求中已一字不差地说过。",
};
export const visitButtonText: Text = { en: "Ask five times", zh: "询问五次" };
export const visitCounterTexts = {
  requests: { en: "requests", zh: "请求" },
  bytes: { en: "bytes sent", zh: "发送的字节" },
  repeated: { en: "of them said before", zh: "其中已说过的" },
} satisfies Readonly<Record<string, Text>>;
export const requestNumberText = (n: number, bytes: string): Text => ({
  en: `Request ${n}, ${bytes}`,
  zh: `请求 ${n}，${bytes}`,
});
export const visitNoteText: Text = {
  en: "More: [RFC 9110 §3.3](https://www.rfc-editor.org/rfc/rfc9110.html#section-3.3) on a protocol without state, [RFC 6265 §3](https://www.rfc-editor.org/rfc/rfc6265.html#section-3) on cookies, which bring the state along.",
  zh: "更多：[RFC 9110 §3.3](https://www.rfc-editor.org/rfc/rfc9110.html#section-3.3) 讲述无状态协议，[RFC 6265 §3](https://www.rfc-editor.org/rfc/rfc6265.html#section-3) 讲述随身携带状态的 cookie。",
};

// --- six things ---

export const runTitle: Text = { en: "Six things from one server", zh: "向同一服务器取六样东西" };
export const runText: Text = {
  en: "A page needs six things, and the second takes the server long. The server asks a small server of its own over raw connections, since a browser does not let a page choose; the bars are when each request was sent, was ready, and arrived.",
  zh: "一个页面需要六样东西，其中第二样服务器要花很久。由于浏览器不让页面选择方式，这里由服务器用原始连接访问自己的一个小服务器；条形表示每个请求何时发出、何时备好、何时到达。",
};
export const runButtonText: Text = { en: "Ask in four ways", zh: "以四种方式请求" };
export const runNames: Readonly<Record<RunKind, Text>> = {
  http10: { en: "HTTP/1.0", zh: "HTTP/1.0" },
  keepalive: { en: "HTTP/1.1, kept alive", zh: "HTTP/1.1，保持连接" },
  ignored: { en: "Kept alive, but the server ignores it", zh: "请求保持，但服务器不理会" },
  pipelined: { en: "Pipelined", zh: "流水线" },
};
export const runTexts: Readonly<Record<RunKind, Text>> = {
  http10: {
    en: "A connection for each request. The server closes it behind the answer.",
    zh: "每个请求一条连接，服务器回答后即关闭。",
  },
  keepalive: {
    en: "One connection, one request after the other. Each waits for the answer before.",
    zh: "一条连接，请求一个接一个，每个都要等前一个的回答。",
  },
  ignored: {
    en: "`Connection: keep-alive` is a wish. This server answers `Connection: close`, and it is a connection each again.",
    zh: "`Connection: keep-alive` 只是一个愿望。此服务器回答 `Connection: close`，于是又是每个请求一条连接。",
  },
  pipelined: {
    en: "All requests at once on one connection. Answers have to come in the order of the requests: what is ready waits behind the slow one. That is head-of-line blocking.",
    zh: "在一条连接上一次发出所有请求。回答必须按请求的顺序到达：已备好的也要排在慢的后面，这就是队头阻塞。",
  },
};
export const runCounterTexts = {
  connections: { en: "connections", zh: "连接" },
  total: { en: "until the last arrived", zh: "直到最后一个到达" },
  trips: { en: "round trips needed", zh: "所需往返" },
  bytes: { en: "bytes, both directions", zh: "双向字节" },
} satisfies Readonly<Record<string, Text>>;
export const requestText = (n: number, connection: number): Text => ({
  en: `${n} (connection ${connection})`,
  zh: `${n}（连接 ${connection}）`,
});
export const legendTexts = {
  working: { en: "the server works on it", zh: "服务器处理中" },
  coming: { en: "on its way here", zh: "正在返回途中" },
  blocked: { en: "ready, but has to wait behind another answer", zh: "已备好，但须排在另一个回答之后" },
} satisfies Readonly<Record<string, Text>>;
export const runNoteText: Text = {
  en: "Round trips are counted from the connections and requests: one to connect, one for each request that waits for the answer before it. On this machine one takes next to nothing; to a server 100 ms away, twelve of them take 1.2 s. More: [RFC 1945 §1.3](https://www.rfc-editor.org/rfc/rfc1945.html#section-1.3), [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3) on connections that persist, [§9.3.2](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3.2) on pipelining.",
  zh: "往返次数由连接数与请求数得出：建立连接一次，每个等待前一回答的请求一次。在本机上一次往返几乎不花时间；若服务器远在 100 ms 之外，十二次往返就是 1.2 秒。更多：[RFC 1945 §1.3](https://www.rfc-editor.org/rfc/rfc1945.html#section-1.3)，[RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3) 讲述持久连接，[§9.3.2](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3.2) 讲述流水线。",
};

// --- three answers ---

export const answersTitle: Text = {
  en: "Why a connection that is kept alive is no WebSocket",
  zh: "为什么保持的连接不是 WebSocket",
};
export const answersText: Text = {
  en: "HTTP/1.1 keeps its connection open as well. Three measurements, made now between this page and its server, of what it still cannot do.",
  zh: "HTTP/1.1 也能让连接保持打开。以下三项测量此刻在本页面与服务器之间进行，看它仍然做不到什么。",
};
export const measureText: Text = { en: "Measure", zh: "测量" };
export const measuringText: Text = { en: "Measuring…", zh: "测量中…" };
export const answerRows = {
  begin: {
    name: { en: "1. The server cannot begin", zh: "1. 服务器不能先开口" },
    text: {
      en: "Something happens on the server. Over HTTP it lies there until the page asks, here every two seconds.",
      zh: "服务器上发生了一件事。经由 HTTP，它只能放在那里等页面来问（这里每两秒一次）。",
    },
    what: { en: "until the page knew", zh: "直到页面得知" },
  },
  heads: {
    name: { en: "2. Every message brings its head", zh: "2. 每条消息都带着头部" },
    text: {
      en: "The page says “The price is 100.00.” twenty times: 380 bytes.",
      zh: "页面说二十次“The price is 100.00.”：共 380 字节。",
    },
    what: { en: "bytes on the wire, opening included", zh: "线路上的字节（含建立连接）" },
  },
  order: {
    name: { en: "3. Answers come in order", zh: "3. 回答必须按顺序" },
    text: {
      en: "A question that takes the server 400 ms, and right behind it one that takes 20 ms, on one connection.",
      zh: "在同一条连接上，先问一个服务器要花 400 ms 的问题，紧接着问一个只需 20 ms 的问题。",
    },
    what: { en: "until the quick answer was here", zh: "直到快的回答到达" },
  },
} as const satisfies Readonly<Record<string, { name: Text; text: Text; what: Text }>>;
export const http11Text: Text = { en: "HTTP/1.1", zh: "HTTP/1.1" };
export const webSocketText: Text = { en: "WebSocket", zh: "WebSocket" };
export const answersNoteText: Text = {
  en: "The third is measured over a raw pipelined connection of the server, as browsers have given up pipelining. More: [RFC 6455 §1.1](https://www.rfc-editor.org/rfc/rfc6455.html#section-1.1), [RFC 6202 §2](https://www.rfc-editor.org/rfc/rfc6202.html#section-2).",
  zh: "由于浏览器已放弃流水线，第三项通过服务器的原始流水线连接测量。更多：[RFC 6455 §1.1](https://www.rfc-editor.org/rfc/rfc6455.html#section-1.1)，[RFC 6202 §2](https://www.rfc-editor.org/rfc/rfc6202.html#section-2)。",
};

// --- duplex ---

export const duplexTitle: Text = { en: "One way, by turns, both ways", zh: "单向、轮流、双向" };
export const duplexText: Text = {
  en: "Server and page each have something to say five times a second, on one WebSocket. Choose who may speak.",
  zh: "在一个 WebSocket 上，服务器和页面各自每秒有五句话要说。请选择谁可以说话。",
};
export const duplexNames: Readonly<Record<DuplexMode, Text>> = {
  simplex: { en: "Simplex", zh: "单工" },
  half: { en: "Half duplex", zh: "半双工" },
  full: { en: "Full duplex", zh: "全双工" },
};
export const duplexModeText: Text = { en: "Who may speak", zh: "谁可以说话" };
export const duplexTexts: Readonly<Record<DuplexMode, Text>> = {
  simplex: {
    en: "Only the server speaks, like a radio, or HTTP streaming. What the page has to say stays with it.",
    zh: "只有服务器说话，像收音机或 HTTP 流。页面想说的话只能留着。",
  },
  half: {
    en: "One at a time, a second each, like a walkie-talkie, or question and answer in HTTP. Whoever has no turn waits: see the slanted lines.",
    zh: "一次一方，各说一秒，像对讲机，或 HTTP 的一问一答。没轮到的一方要等待：请看倾斜的线。",
  },
  full: {
    en: "Both whenever they want to, like a telephone. That is WebSocket; the other two are WebSocket with one side keeping silent.",
    zh: "双方随时都可说话，像电话。这就是 WebSocket；另外两种是让其中一方保持沉默的 WebSocket。",
  },
};
export const duplexStripText: Text = {
  en: "Above is the server, below is this page, the last four seconds from left to right. Lines from above are the server's messages, lines from below the page's; the dot is where one arrives.",
  zh: "上边是服务器，下边是本页面，从左到右为最近四秒。从上边出发的线是服务器的消息，从下边出发的线是页面的消息；圆点是到达之处。",
};
export const duplexCounterTexts = {
  down: { en: "messages from the server", zh: "来自服务器的消息" },
  downLate: { en: "late, the last one", zh: "最近一条的延迟" },
  up: { en: "messages from this page", zh: "来自本页面的消息" },
  upLate: { en: "late, the last one", zh: "最近一条的延迟" },
} satisfies Readonly<Record<string, Text>>;
export const failedText: Text = { en: "That did not work; try again.", zh: "没有成功，请再试一次。" };
