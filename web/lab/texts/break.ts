// The words of the part “The break”.
import type { Side } from "../../../src/cli/lab/break/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "The break", zh: "断线" };
export const lead: Text = {
  en: "The same conversation twice: over a plain WebSocket and over a Longwire session. Both go through the same network. Break it, and count.",
  zh: "同一段对话进行两遍：一遍用普通 WebSocket，一遍用 Longwire 会话，两者经过同一个网络。把网络弄坏，然后数一数。",
};

export const aboutText: Text = {
  en: "Page and server say 1, 2, 3 … to each other, many times a second, on both sides at once. So each can tell what never came, what came twice, and what came late.",
  zh: "网页与服务器每秒多次互相报数 1、2、3……两边同时进行。因此双方都能看出哪些消息没有到达、哪些到了两次、哪些迟到。",
};

export const sideNames: Readonly<Record<Side, Text>> = {
  plain: { en: "Plain WebSocket", zh: "普通 WebSocket" },
  session: { en: "Longwire session", zh: "Longwire 会话" },
};
export const sideTexts: Readonly<Record<Side, Text>> = {
  plain: {
    en: "The browser's own, with what people write around it by hand: connect again a second later, keep what could not be sent.",
    zh: "浏览器自带的 WebSocket，加上人们通常手写的代码：一秒后重新连接，并保留未能发送的消息。",
  },
  session: {
    en: "The client of longwire/client. The page does nothing about breaks, and need not know of them.",
    zh: "使用 longwire/client。页面对断线不作任何处理，也无须知道发生过断线。",
  },
};

// --- buttons ---

export const momentsText: Text = { en: "Let something happen", zh: "制造一次故障" };
export const statesText: Text = {
  en: "Put something in the way (press again to take it out)",
  zh: "在途中设置障碍（再按一次撤除）",
};
export const pressTexts = {
  cut: { en: "Cut", zh: "切断" },
  silence: { en: "Go silent", zh: "静默失联" },
  sleep: { en: "Sleep 5 s", zh: "休眠 5 秒" },
  restart: { en: "Restart the server", zh: "重启服务器" },
  crash: { en: "Crash the server", zh: "服务器崩溃" },
} satisfies Readonly<Record<string, Text>>;
export const networkTexts = {
  isHeld: { en: "Stall", zh: "停滞" },
  isBlocked: { en: "Block WebSocket", zh: "封锁 WebSocket" },
  isBuffered: { en: "Buffering proxy", zh: "缓冲代理" },
} satisfies Readonly<Record<string, Text>>;
export const takenOutText = ({ en, zh }: Text): Text => ({ en: `${en}: off`, zh: `${zh}：撤除` });
export const afreshText: Text = { en: "Start afresh", zh: "重新开始" };
export const rateText: Text = { en: "Messages, each way", zh: "每个方向的消息" };
export const latencyText: Text = { en: "On the way for", zh: "途中耗时" };
export const perSecondText = (count: number): Text => ({ en: `${count} a second`, zh: `每秒 ${count} 条` });
export const handText: Text = { en: "Written by hand", zh: "手写代码" };
export const handNames = {
  reconnecting: { en: "connects again", zh: "断线重连" },
  repeating: { en: "… and repeats what was not answered", zh: "……并重发未获应答的消息" },
} satisfies Readonly<Record<string, Text>>;

// --- what was just done ---

export const readyText: Text = {
  en: "Nothing is wrong with the network. Press a button and watch both sides.",
  zh: "网络一切正常。按一个按钮，观察两边的变化。",
};
export const beginningText: Text = { en: "Connecting…", zh: "正在连接……" };
export const fullText: Text = {
  en: "As many pages as possible are at this part. Try again in a while.",
  zh: "使用这一节的页面已达上限，请稍后再试。",
};
export const doneTexts = {
  cut: {
    en: "Every connection was reset. What was on its way at that moment is gone, in both directions. The session knows what had not arrived and sends it again.",
    zh: "所有连接被重置，当时在途中的消息双向全部丢失。会话知道哪些没有到达，并重新发送。",
  },
  silence: {
    en: "The connections carry nothing any more, and nobody was told: so it is when a NAT forgets you, or when you walk out of the Wi-Fi. The plain one stays “open” until somebody else ends it. The session hears no heartbeat, gives up after about 16 s here (37 s by default), and goes on over a new connection.",
    zh: "连接不再传送任何数据，也没有人得到通知：NAT 丢失记录、或走出 Wi-Fi 范围时就是这样。普通连接一直显示“已打开”。会话听不到心跳，在这里约 16 秒后（默认 37 秒）放弃旧连接，用新连接继续。",
  },
  sleep: {
    en: "The page stood still for five seconds: no timers, no events. Its connections did not survive the sleep, and nobody said so. On waking the browser says that the network is back; the session asks over the old connection whether anybody is there, and goes on over a new one. The plain one says “open”.",
    zh: "页面停顿了五秒：没有定时器，没有事件。它的连接没能熬过休眠，也没有任何通知。醒来时浏览器报告网络恢复，会话在旧连接上询问对方是否还在，随后用新连接继续。普通连接仍显示“已打开”。",
  },
  restart: {
    en: "The server takes no one new, a second one takes over. The plain connection is closed with 1012, and what crosses that close is lost. The session is asked to move: it finishes here, goes on there, and the page sees no close.",
    zh: "旧服务器不再接受连接，由第二台接手。普通连接以 1012 关闭，与关闭交错的消息丢失。会话被请求迁移：在这边收尾，到那边继续，页面看不到关闭。",
  },
  crash: {
    en: "The server is gone without a word, and with it what it had to say. Nobody can make up for that: a session cannot either, but it says so (resume, with “gap”). A second later another server is there.",
    zh: "服务器不告而别，它尚未说出的话也一并消失。这谁也无法弥补，会话也不能，但它会如实告知（恢复时带有 gap 标记）。一秒后另一台服务器就位。",
  },
  isHeld: {
    en: "Nothing passes, nothing is lost: a lift, a tunnel. TCP waits, and so does the plain connection. The session waits about 16 s here, then looks for another way. Let it go again, and everything comes late.",
    zh: "数据不通，但没有丢失：就像在电梯或隧道里。TCP 在等，普通连接也在等。会话在这里等约 16 秒，然后另寻出路。放开后，一切都会到达，只是迟了。",
  },
  isBlocked: {
    en: "You came into a network whose proxy answers each upgrade with 403. The plain side tries for ever. The session goes on over a streamed HTTP answer.",
    zh: "您进入了一个代理对每次升级都回以 403 的网络。普通一方永远重试；会话改用流式 HTTP 响应继续。",
  },
  isBuffered: {
    en: "You came into a network whose proxy takes “Upgrade” out and gives each answer on only when it is complete. WebSocket and streaming are both impossible there. The session goes on by long polling.",
    zh: "您进入了一个会删除 Upgrade 头、并且等响应完整后才转发的代理。WebSocket 和流式传输都行不通；会话改用长轮询继续。",
  },
} satisfies Readonly<Record<string, Text>>;
export const undoneTexts = {
  isHeld: {
    en: "The way is free again. What was held comes now, late.",
    zh: "道路恢复畅通。滞留的消息现在才到，已经迟了。",
  },
  isBlocked: {
    en: "Back in a network that lets WebSocket through. The browser says that the network has changed, and the session climbs back at once.",
    zh: "回到允许 WebSocket 的网络。浏览器报告网络已变，会话立即切换回 WebSocket。",
  },
  isBuffered: {
    en: "Back in a network without that proxy. The browser says that the network has changed, and the session climbs back at once.",
    zh: "回到没有该代理的网络。浏览器报告网络已变，会话立即切换回 WebSocket。",
  },
} satisfies Readonly<Record<string, Text>>;

// --- what is seen ---

export const lostText: Text = { en: "lost", zh: "丢失" };
export const doubledText: Text = { en: "doubled", zh: "重复" };
export const lateText: Text = { en: "late (over 1 s)", zh: "迟到（超过 1 秒）" };
export const tableText: Text = { en: "Messages, by side and direction", zh: "各方各向的消息" };
export const columnTexts: readonly Text[] = [
  { en: "Sent", zh: "已发送" },
  { en: "Arrived", zh: "已到达" },
  { en: "On the way", zh: "在途" },
  { en: "Lost", zh: "丢失" },
  { en: "Doubled", zh: "重复" },
  { en: "Late", zh: "迟到" },
];
export const rowText = (side: Side, isDown: boolean): Text => ({
  en: `${side === "plain" ? "Plain" : "Session"}, ${isDown ? "to the page" : "to the server"}`,
  zh: `${side === "plain" ? "普通" : "会话"}，${isDown ? "到页面" : "到服务器"}`,
});
export const tableNoteText: Text = {
  en: "“On the way” is sent, not arrived, and not known to be lost: a message counts as lost when a later one has arrived and it has not.",
  zh: "“在途”指已发送、未到达、也尚未确认丢失：若后一条已到而这一条未到，则记为丢失。",
};

export const stripTitle: Text = { en: "The last half minute, as the page saw it", zh: "页面所见的最近半分钟" };
export const stripText: Text = {
  en: "The bar says what the page believes to carry its messages. A dot is a message that came, above to the page, below to the server; amber dots are late, purple ones doubled.",
  zh: "色条表示页面认为由什么在传送消息。每个点是一条到达的消息：上排到页面，下排到服务器；琥珀色为迟到，紫色为重复。",
};
export const legendTexts = {
  websocket: { en: "WebSocket", zh: "WebSocket" },
  stream: { en: "HTTP streaming", zh: "HTTP 流" },
  longpoll: { en: "long polling", zh: "长轮询" },
  poll: { en: "polling", zh: "轮询" },
  suspended: { en: "suspended: open, waiting", zh: "挂起：打开着，等待中" },
  connecting: { en: "connecting", zh: "连接中" },
  closed: { en: "closed", zh: "已关闭" },
} satisfies Readonly<Record<string, Text>>;

export const logText: Text = { en: "What the page was told", zh: "页面得到的通知" };
export const nothingYetText: Text = { en: "Nothing yet.", zh: "暂无。" };
export const byYouText: Text = { en: "you", zh: "您" };

export const openText: Text = { en: "open", zh: "open 打开" };
export const failedText: Text = { en: "close 1006: the attempt failed", zh: "close 1006：连接尝试失败" };
export const closedText = (code: number, reason: string): Text => {
  const said = reason === "" ? "" : ` “${reason}”`;
  return { en: `close ${code}${said}`, zh: `close ${code}${said} 关闭` };
};
export const suspendedText: Text = { en: "suspend: no connection, still open", zh: "suspend：无连接，但仍打开" };
export const resumedText: Text = { en: "resume: nothing was lost", zh: "resume：恢复，没有丢失" };
export const movedText = (isGap: boolean): Text =>
  isGap
    ? { en: "resume, fresh, with a gap: the old session was lost", zh: "resume(fresh, gap)：旧会话已丢失，有缺口" }
    : { en: "resume, fresh: moved to the next server", zh: "resume(fresh)：已迁移到下一台服务器" };
export const transportText = (kind: keyof typeof legendTexts): Text => ({
  en: `transport: ${legendTexts[kind].en}`,
  zh: `transport：${legendTexts[kind].zh}`,
});

const readyStateNames = ["CONNECTING", "OPEN", "CLOSING", "CLOSED"];
export const stateText = (readyState: number): string => `${readyStateNames[readyState] ?? ""} (${readyState})`;
export const readyStateText: Text = { en: "readyState", zh: "readyState" };
export const carriedText: Text = { en: "carried by", zh: "由谁传送" };
export const silentText: Text = { en: "last heard", zh: "最近收到" };
export const agoText = (time: string): Text => ({ en: `${time} ago`, zh: `${time}前` });
export const neverText: Text = { en: "never", zh: "从未" };

// --- notes ---

export const codeText: Text = { en: "What each side runs in this page", zh: "两边在本页面运行的代码" };
export const codePlainText: Text = {
  en: "By hand. It is the kind of code that is in most applications, on its better days; the server does the same for its direction.",
  zh: "手写代码。大多数应用里就是这样的代码，而且算是写得好的；服务器在自己的方向上也同样处理。",
};
export const codeSessionText: Text = {
  en: "With a session. There is nothing about breaks in it.",
  zh: "使用会话。其中没有任何处理断线的代码。",
};
export const howText: Text = { en: "What is real here, and what is simulated", zh: "哪些是真实的，哪些是模拟的" };
export const howTexts: readonly Text[] = [
  {
    en: "Real: both sides are connections of this browser to a second server behind this one, through the fault proxy that `longwire/testing` ships. Cuts, refusals, buffering, the drain and the move to the next server really happen; counters are kept outside of what is broken.",
    zh: "真实的：两边都是本浏览器经由 `longwire/testing` 的故障代理，连接到本服务器背后的第二台服务器。切断、拒绝、缓冲、排空以及迁移都真实发生；计数保存在被破坏的部分之外。",
  },
  {
    en: "Simulated: the delay on the way. “Go silent” drops, in between, whatever the existing connections carry. “Sleep” is a request that this page waits for without doing anything else, while its connections are silenced; on waking it is told `online`, as browsers tell after a sleep. Both servers are in one process, and what they know of the conversation is outside of them, as in a database: a route that says `movable` promises that.",
    zh: "模拟的：途中的延迟。“静默失联”是在中途丢弃现有连接传送的一切。“休眠”是页面在等待一个请求期间什么也不做，同时连接被静默；醒来时页面收到 `online` 事件，与浏览器休眠后一样。两台服务器在同一个进程里，对话的状态保存在它们之外，如同数据库：声明 `movable` 的路由即作此承诺。",
  },
  {
    en: "A session that saw two WebSockets die within a minute distrusts WebSocket for five minutes and streams meanwhile; “Start afresh” makes a new one.",
    zh: "会话若在一分钟内见到两个 WebSocket 断掉，会在五分钟内不信任 WebSocket，改用流式传输；“重新开始”会建立新的会话。",
  },
];
export const readMoreText: Text = {
  en: "Read more: [abnormal closure and coming back](https://www.rfc-editor.org/rfc/rfc6455#section-7.2), [close codes](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1), [ping and pong](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2) in RFC 6455; `docs/guides/sessions.md` and `docs/wire/session-v1.md` for what a session does instead.",
  zh: "延伸阅读：RFC 6455 的[异常关闭与重连](https://www.rfc-editor.org/rfc/rfc6455#section-7.2)、[关闭码](https://www.rfc-editor.org/rfc/rfc6455#section-7.4.1)、[Ping 与 Pong](https://www.rfc-editor.org/rfc/rfc6455#section-5.5.2)；会话的做法见 `docs/guides/sessions.md` 与 `docs/wire/session-v1.md`。",
};
