// The words of the part “The race”.
import type { Way } from "../../../src/cli/lab/race/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "The race", zh: "赛跑" };
export const lead: Text = {
  en: "A server has news, many times a second: a price that changes. How does a page hear of it? Four ways, running now between this page and its server, fed with the same messages.",
  zh: "服务器每秒有许多新消息（一个不断变化的价格），网页怎样得知？四种方式正在此页面与服务器之间同时运行，接收同样的消息。",
};

export const wayNames: Readonly<Record<Way, Text>> = {
  poll: { en: "Ajax polling", zh: "Ajax 轮询" },
  longpoll: { en: "Long polling", zh: "长轮询" },
  stream: { en: "HTTP streaming", zh: "HTTP 流" },
  socket: { en: "WebSocket", zh: "WebSocket" },
};

export const wayTexts: Readonly<Record<Way, Text>> = {
  poll: {
    en: "The page asks again and again: “anything new?” News waits until the next question.",
    zh: "页面反复询问“有新消息吗？”消息要等到下一次询问才能送达。",
  },
  longpoll: {
    en: "The page asks, and the server keeps it waiting until there is news. Then the page asks again.",
    zh: "页面询问后，服务器一直等到有消息才回答；随后页面再次询问。",
  },
  stream: {
    en: "The page asks once, and the answer never ends. It only goes one way: the page cannot say anything in it.",
    zh: "页面只询问一次，而回答永不结束。它是单向的：页面无法在其中发言。",
  },
  socket: {
    en: "After one request the connection belongs to both: each side says something whenever it wants to.",
    zh: "一次请求之后，连接归双方共用：任何一方随时都可以发言。",
  },
};

export const stripText: Text = {
  en: "Above is the server, below is this page, the last four seconds from left to right. A coloured line is a message on its way: upright is at once, slanted is late. A short stroke from below is a request.",
  zh: "上边是服务器，下边是本页面，从左到右为最近四秒。每条彩色线是一条途中的消息：竖直表示立即到达，倾斜表示迟到。从下边伸出的短线是请求。",
};

export const settingTexts = {
  rate: { en: "Messages", zh: "消息频率" },
  bytes: { en: "Size of a message", zh: "消息大小" },
  pollMs: { en: "Polling asks every", zh: "轮询间隔" },
  clients: { en: "Simulated clients of each way", zh: "每种方式的模拟客户端" },
} satisfies Readonly<Record<string, Text>>;

export const perSecondText = (count: number): Text => ({ en: `${count} a second`, zh: `每秒 ${count} 条` });
export const noneText: Text = { en: "none", zh: "无" };
export const pauseText: Text = { en: "Pause", zh: "暂停" };
export const goOnText: Text = { en: "Go on", zh: "继续" };
export const resetText: Text = { en: "Count from zero", zh: "重新计数" };

export const newestText = (n: number, late: string): Text => ({
  en: `the price in message ${n}, ${late} late`,
  zh: `第 ${n} 条消息中的价格，延迟 ${late}`,
});
export const waitingText: Text = { en: "nothing yet", zh: "尚无消息" };

export const verdictText = (poll: string, longpoll: string, stream: string, socket: string): Text => ({
  en: `So far, to bring one message to this page, the connection carried besides the message itself: ${poll} with polling, ${longpoll} with long polling, ${stream} with streaming, ${socket} with WebSocket.`,
  zh: `到目前为止，每送达一条消息，除消息本身之外连接上还传输了：轮询 ${poll}，长轮询 ${longpoll}，流 ${stream}，WebSocket ${socket}。`,
});

export const chartTexts = {
  bytes: { en: "Bytes on the wire per second, both directions", zh: "每秒线路字节数（双向）" },
  latency: { en: "How late a message is (median, logarithmic)", zh: "消息延迟（中位数，对数刻度）" },
  requests: { en: "Requests per second", zh: "每秒请求数" },
} satisfies Readonly<Record<string, Text>>;

export const tableText: Text = { en: "What each way has cost", zh: "各种方式的代价" };
export const columnTexts: readonly Text[] = [
  { en: "Messages", zh: "消息数" },
  { en: "Requests", zh: "请求数" },
  { en: "Bytes up", zh: "上行字节" },
  { en: "Bytes down", zh: "下行字节" },
  { en: "Useful bytes", zh: "有用字节" },
  { en: "Overhead per message", zh: "每条消息的额外字节" },
  { en: "Late, p50", zh: "延迟 p50" },
  { en: "Late, p99", zh: "延迟 p99" },
  { en: "Connections open", zh: "打开的连接" },
];

export const countedText: Text = {
  en: "Bytes are counted at the server's sockets, request and response heads included; what TCP and IP add to each packet is not. Your browser may use one kept-alive connection for polling and long polling by turns; it is counted where it was used last. Latency is from the server's stamp to this page. p50: half of the messages were quicker; p99: 99 of 100 were.",
  zh: "字节在服务器的套接字上统计，包含请求头与响应头，不含 TCP/IP 自身的包头。浏览器可能让轮询和长轮询轮流使用同一条保持的连接，它计入最后使用它的一方。延迟为从服务器的时间戳到本页面。p50：一半的消息更快；p99：100 条中有 99 条更快。",
};
export const clockText = (error: string): Text => ({
  en: `The two clocks are compared to within ${error}.`,
  zh: `两端时钟的误差在 ${error} 以内。`,
});

export const crowdTitle: Text = { en: "A crowd on the server", zh: "服务器上的人群" };
export const crowdText: Text = {
  en: "One page costs a server nothing. These are simulated clients: each way has a thread of its own that runs the same server code for so many clients in memory. No network is involved: CPU is what the protocol work costs, the clients' own small part included.",
  zh: "一个页面对服务器几乎没有负担。这里是模拟的客户端：每种方式各有一个线程，为内存中的众多客户端运行同样的服务器代码。不经过网络：所示的 CPU 是协议处理的开销，包含模拟客户端自身的一小部分。",
};
export const crowdTableText: Text = { en: "What the simulated clients cost", zh: "模拟客户端的开销" };
export const crowdColumnTexts: readonly Text[] = [
  { en: "Simulated clients, a connection each", zh: "模拟客户端（各一条连接）" },
  { en: "CPU, of one core", zh: "CPU（占单核）" },
  { en: "CPU for each message", zh: "每条消息的 CPU" },
  { en: "Requests a second", zh: "每秒请求" },
  { en: "Messages delivered a second", zh: "每秒送达消息" },
  { en: "Bytes a second", zh: "每秒字节" },
];
export const crowdNoneText: Text = {
  en: "Move the slider to add some.",
  zh: "拖动滑块以加入模拟客户端。",
};
export const crowdBusyText: Text = {
  en: "Another page of this server has the crowd at the moment. There is only one.",
  zh: "此服务器的另一个页面正在使用人群，同时只能有一个。",
};
export const crowdFailedText: Text = {
  en: "The crowd has ended by itself. Set the slider to none and then to fewer clients.",
  zh: "人群已自行结束。请先将滑块设为“无”，再选择较少的客户端。",
};
export const crowdFullText = (cores: number): Text => ({
  en: `A thread has no time left: messages come late, or fewer than were made. Four threads and everything else share the ${cores} cores of this machine.`,
  zh: `有线程已没有空闲：消息会迟到，或少于产生的数量。四个线程与其他一切共用本机的 ${cores} 个核心。`,
});

export const readMoreText: Text = {
  en: "More: [RFC 6202](https://www.rfc-editor.org/rfc/rfc6202.html#section-2) on long polling and streaming and what is wrong with them, [RFC 6455 §1.1](https://www.rfc-editor.org/rfc/rfc6455.html#section-1.1) on why there is WebSocket, [RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3) on connections that are kept alive.",
  zh: "更多：[RFC 6202](https://www.rfc-editor.org/rfc/rfc6202.html#section-2) 讨论长轮询与流及其问题，[RFC 6455 §1.1](https://www.rfc-editor.org/rfc/rfc6455.html#section-1.1) 说明为何有 WebSocket，[RFC 9112 §9.3](https://www.rfc-editor.org/rfc/rfc9112.html#section-9.3) 说明保持连接。",
};
