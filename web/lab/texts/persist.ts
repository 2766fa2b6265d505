// The words of the part “Why it persists”.
import type { Trouble } from "../../../src/cli/lab/persist/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "Why it persists", zh: "为何持久" };
export const lead: Text = {
  en: "An open connection costs nothing while nobody says anything. That is its strength, and its trouble: silence looks the same whether the other side is well or gone.",
  zh: "只要没有人说话，打开的连接几乎没有任何代价。这是它的优点，也是它的麻烦：无论对方安好还是已经消失，沉默看起来都一样。",
};

// --- hours ---

export const hoursTitle: Text = { en: "One connection, watched for hours", zh: "对一条连接观察数小时" };
export const hoursText: Text = {
  en: "A server has news for a page every few minutes. Between them stands a NAT, as in every home and every phone network: it remembers a connection only for as long as something passes, and then forgets it and tells nobody. This is simulated: time and network are virtual, everything else, server, frames, client, is the real code of Longwire.",
  zh: "服务器每隔几分钟有新消息要告诉网页。两者之间有一个 NAT，家庭网络和手机网络中都有：只有持续有数据经过，它才记得一条连接；否则就会忘记，并且不通知任何人。这里是模拟：时间与网络是虚拟的，其余的服务器、帧与客户端都是 Longwire 的真实代码。",
};
export const settingTexts = {
  hours: { en: "Watched for", zh: "观察时长" },
  natMinutes: { en: "The NAT forgets after", zh: "NAT 遗忘时间" },
  newsMinutes: { en: "News every", zh: "新消息间隔" },
  heartbeatSeconds: { en: "Heartbeat every", zh: "心跳间隔" },
} satisfies Readonly<Record<string, Text>>;
export const hoursOf = (hours: number): Text => ({
  en: hours === 1 ? "1 hour" : `${hours} hours`,
  zh: `${hours} 小时`,
});
export const minutesOf = (minutes: number): Text => ({
  en: minutes === 0 ? "never" : minutes === 1 ? "1 minute" : `${minutes} minutes`,
  zh: minutes === 0 ? "永不" : `${minutes} 分钟`,
});
export const secondsOf = (seconds: number): Text =>
  seconds < 60 ? { en: `${seconds} seconds`, zh: `${seconds} 秒` } : minutesOf(seconds / 60);
export const troubleText: Text = { en: "And after half of the time", zh: "过半之后" };
export const troubleTexts: Readonly<Record<Trouble, Text>> = {
  none: { en: "nothing happens", zh: "什么也不发生" },
  move: { en: "the page changes its network", zh: "页面更换网络" },
  server: { en: "the server dies", zh: "服务器断电" },
  page: { en: "the page's machine dies", zh: "页面所在机器断电" },
};
export const troubleNotes: Readonly<Record<Trouble, Text>> = {
  none: { en: "Only the NAT is there.", zh: "只有 NAT 存在。" },
  move: {
    en: "From Wi-Fi to the mobile network, say: the old connection leads nowhere, a new one would work.",
    zh: "例如从 Wi-Fi 切换到移动网络：旧连接不再通，新连接可以建立。",
  },
  server: {
    en: "Its machine loses power and says no goodbye; another one is there a minute later.",
    zh: "服务器所在机器断电，没有告别；一分钟后另一台接替。",
  },
  page: {
    en: "Its battery is empty: nobody is there any more, and the server is not told.",
    zh: "电池耗尽：对方已不在，而服务器并不知道。",
  },
};
export const laneTexts = {
  "plain-off": { en: "Plain WebSocket, no heartbeat", zh: "普通 WebSocket，无心跳" },
  "plain-on": { en: "Plain WebSocket, the server pings", zh: "普通 WebSocket，服务器发 ping" },
  "session-off": { en: "Longwire session, no heartbeat", zh: "Longwire 会话，无心跳" },
  "session-on": { en: "Longwire session, with heartbeat", zh: "Longwire 会话，有心跳" },
} satisfies Readonly<Record<string, Text>>;
export const legendTexts = {
  works: { en: "works", zh: "正常" },
  dead: { en: "dead, and somebody still believes in it", zh: "已失效，但仍有一方以为它还在" },
  news: { en: "news that arrived", zh: "已送达的消息" },
  lost: { en: "news that never arrived", zh: "从未送达的消息" },
  beat: { en: "ping, pong, acknowledgement", zh: "ping、pong、确认" },
  trouble: { en: "here it happens", zh: "事件发生处" },
} satisfies Readonly<Record<string, Text>>;
export const playText: Text = { en: "Watch the hours pass", zh: "观看时间流逝" };
export const clockText = (virtual: string, real: string): Text => ({
  en: `Virtual time ${virtual}, real time ${real}`,
  zh: `虚拟时间 ${virtual}，实际时间 ${real}`,
});
export const livingText: Text = { en: "Living it…", zh: "正在模拟…" };
export const livedText = (virtual: Text, real: string): Text => ({
  en: `${virtual.en} of virtual time, four times, took ${real} of real time.`,
  zh: `四段各 ${virtual.zh} 的虚拟时间，实际耗时 ${real}。`,
});
export const unlivedTexts = {
  busy: {
    en: "Other pages are using the simulation. This one waits for its turn.",
    zh: "其他页面正在使用模拟，本页面正在等待。",
  },
  failed: {
    en: "The simulation has ended by itself. Move a slider to try again.",
    zh: "模拟已自行结束。拖动滑块重试。",
  },
} satisfies Readonly<Record<string, Text>>;

export const lostText = (lost: number, all: number): Text =>
  lost === 0
    ? { en: `All ${all} pieces of news arrived.`, zh: `${all} 条消息全部送达。` }
    : { en: `${lost} of ${all} pieces of news never arrived.`, zh: `${all} 条消息中有 ${lost} 条从未送达。` };
export const lateText = (seconds: string): Text => ({
  en: ` The latest came ${seconds} late.`,
  zh: `最迟的一条晚了 ${seconds}。`,
});
export const believedText = (who: "server" | "page", time: Text, isForEver: boolean): Text => {
  const [en, zh] = who === "server" ? ["The server", "服务器"] : ["The page", "页面"];
  return isForEver
    ? { en: ` ${en} believes in the dead connection to the end.`, zh: `${zh}直到最后都以为这条已失效的连接还在。` }
    : { en: ` ${en} noticed after ${time.en}.`, zh: `${zh}在 ${time.zh}后才发现。` };
};
export const costText = (frames: number, bytes: string): Text => ({
  en: `Heartbeat and acknowledgements: ${frames.toLocaleString("en")} frames, ${bytes}.`,
  zh: `心跳与确认：${frames.toLocaleString("en")} 帧，${bytes}。`,
});
export const noticeText: Text = {
  en: "Who only listens cannot notice anything: a browser's WebSocket sends no pings, and a page has no call for it. When a server pings, it finds dead pages, and the NAT never forgets; but a page whose server died still waits. In a Longwire session both sides listen for the heartbeat, and what was not acknowledged is sent again over the next connection. Who sends into nothing is told by TCP in the end, here after a quarter of an hour as on Linux.",
  zh: "只听不说的一方什么也发现不了：浏览器的 WebSocket 不会发送 ping，网页也没有相应的接口。服务器发送 ping 时，能发现失效的页面，NAT 也不会遗忘；但若服务器死去，页面仍会一直等待。在 Longwire 会话中双方都监听心跳，未被确认的内容会在下一条连接上重新发送。向虚空发送的一方最终会由 TCP 告知，此处与 Linux 一样约为一刻钟。",
};
export const natText: Text = {
  en: "This NAT drops in silence what it has forgotten, as many firewalls and load balancers do; others answer with a reset, and then whoever sends notices at once. [RFC 5382](https://www.rfc-editor.org/rfc/rfc5382#section-5) asks NATs to remember for at least two hours and four minutes; many forget after minutes.",
  zh: "此 NAT 会默默丢弃它已遗忘的连接的数据，许多防火墙与负载均衡器都是如此；另一些会回复复位，这样发送方会立刻发现。[RFC 5382](https://www.rfc-editor.org/rfc/rfc5382#section-5) 要求 NAT 至少记住两小时零四分钟；许多 NAT 几分钟后就会遗忘。",
};

// --- the real one ---

export const realTitle: Text = { en: "And a real one, of this page", zh: "以及本页面的一条真实连接" };
export const realText: Text = {
  en: "Opened when you came here, and still open. The server sends a ping every two seconds, your browser answers each with a pong by itself: the page's script neither sees them nor could send one. The server measures the round trip.",
  zh: "在您来到这里时打开，至今未断。服务器每两秒发送一个 ping，浏览器会自动以 pong 回答：页面脚本既看不到它们，也无法发送。往返时间由服务器测量。",
};
export const realNames = {
  age: { en: "old", zh: "已打开" },
  pings: { en: "pings answered", zh: "已回答的 ping" },
  last: { en: "last round trip", zh: "最近往返" },
  median: { en: "median", zh: "中位数" },
} satisfies Readonly<Record<string, Text>>;
export const roundTripsText: Text = { en: "The last round trips, one stroke each", zh: "最近的往返时间，每次一条线" };
export const realLostText: Text = {
  en: "The connection is gone. It is opened again.",
  zh: "连接已断开，正在重新打开。",
};
export const readMoreText: Text = {
  en: "Read more: [ping and pong](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2), [how NATs treat TCP](https://www.rfc-editor.org/rfc/rfc5382#section-5), [TCP keep-alive](https://www.rfc-editor.org/rfc/rfc9293#section-3.8.4), [when TCP gives up](https://www.rfc-editor.org/rfc/rfc9293#section-3.8.3).",
  zh: "延伸阅读：[ping 与 pong](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2)、[NAT 如何对待 TCP](https://www.rfc-editor.org/rfc/rfc5382#section-5)、[TCP 保活](https://www.rfc-editor.org/rfc/rfc9293#section-3.8.4)、[TCP 何时放弃](https://www.rfc-editor.org/rfc/rfc9293#section-3.8.3)。",
};
