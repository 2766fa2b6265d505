// The words of the part “Many in one”.
import type { Stream, Way } from "../../../src/cli/lab/many/wire.ts";
import type { Text } from "../language.ts";

export const title: Text = { en: "Many in one", zh: "一线多用" };
export const lead: Text = {
  en: "An application talks about many things at once. Here are four, each with a URI of its own, in one connection; and the same four in one plain WebSocket. Start the transfer and see who has to wait.",
  zh: "一个应用同时谈论许多事情。这里有四个，各有自己的 URI，共用一个连接；另一边是同样的四个挤在一个普通 WebSocket 里。启动传输，看看谁要等待。",
};

export const streamNames: Readonly<Record<Stream, Text>> = {
  chat: { en: "Chat", zh: "聊天" },
  feed: { en: "Price feed", zh: "行情" },
  telemetry: { en: "Telemetry", zh: "遥测" },
  transfer: { en: "Large transfer", zh: "大文件传输" },
};
export const streamTexts: Readonly<Record<Stream, Text>> = {
  chat: { en: "a line now and then", zh: "偶尔一句话" },
  feed: { en: "20 prices a second from the server", zh: "服务器每秒 20 个报价" },
  telemetry: { en: "20 readings a second from this page, each answered", zh: "本页每秒 20 个读数，逐一应答" },
  transfer: { en: "a file, when you ask for it", zh: "按需发送的文件" },
};
export const wayNames: Readonly<Record<Way, Text>> = {
  session: { en: "Channels in a session", zh: "会话中的通道" },
  plain: { en: "One plain WebSocket", zh: "一个普通 WebSocket" },
};

export const transferText: Text = { en: "Start the transfer", zh: "启动传输" };
export const afreshText: Text = { en: "Start afresh", zh: "重新开始" };
export const holdText: Text = { en: "Hold the pictures", zh: "定格画面" };
export const widthText: Text = { en: "The network carries", zh: "网络带宽" };
export const sizeText: Text = { en: "Size of the transfer", zh: "传输大小" };
export const perSecondText = (bytes: string): Text => ({ en: `${bytes}/s`, zh: `${bytes}/秒` });

export const beginningText: Text = { en: "Connecting…", zh: "正在连接……" };
export const fullText: Text = {
  en: "As many pages as possible are at this part. Try again in a while.",
  zh: "使用这一节的页面已达上限，请稍后再试。",
};
export const quietText: Text = {
  en: "Only small messages are on their way, and both sides are quick.",
  zh: "目前只有小消息在途，两边都很快。",
};
export const runningText: Text = {
  en: "The transfer runs on both. In the session the small messages go between its slices; in the plain WebSocket they stand behind all of it.",
  zh: "两边都在传输。会话中，小消息穿插在分片之间；普通 WebSocket 中，它们排在整个文件之后。",
};
export const doneText = (session: string, plain: string): Text => ({
  en: `Done. While it ran, a price took ${session} in the session and ${plain} in the plain WebSocket (medians).`,
  zh: `完成。传输期间，一个报价在会话中用了 ${session}，在普通 WebSocket 中用了 ${plain}（中位数）。`,
});
export const progressText = (done: string, total: string): Text => ({
  en: `${done} of ${total}`,
  zh: `${done} / ${total}`,
});
export const progressName = (way: Way): Text => ({
  en: `Transfer: ${wayNames[way].en}`,
  zh: `传输：${wayNames[way].zh}`,
});
export const tookText = (bytes: string, time: string): Text => ({
  en: `${bytes} in ${time}`,
  zh: `${bytes}，用时 ${time}`,
});
export const noTransferText: Text = { en: "no transfer yet", zh: "尚未传输" };

export const sayText: Text = { en: "Say something in the chat", zh: "在聊天里说句话" };
export const sendText: Text = { en: "Send", zh: "发送" };
/** The last two are one of the texts below. */
export const echoText = (said: string, session: Text, plain: Text): Text => ({
  en: `“${said}” came back in the session ${session.en}, in the plain WebSocket ${plain.en}.`,
  zh: `“${said}”：会话中${session.zh}，普通 WebSocket 中${plain.zh}。`,
});
export const afterText = (time: string): Text => ({ en: `after ${time}`, zh: `${time} 后返回` });
export const notYetText: Text = { en: "not yet", zh: "尚未返回" };

export const wireTitle: Text = { en: "On the wire, in this order", zh: "线路上的内容，按此顺序" };
export const wireText: Text = {
  en: "As the server saw it pass, read like text. A full block is a slice of at most 16 KiB (or, on the plain one, a message), as wide as its bytes; the narrowest are a few bytes. A hollow block is a word of the connection's own: credit, acknowledgement, opening.",
  zh: "按服务器所见的经过顺序，像文字一样阅读。实心块是至多 16 KiB 的分片（普通连接上则是一条消息），宽度与字节数成正比；最窄的只有几个字节。空心块是连接自身的话：额度、确认、打开。",
};
export const downText: Text = { en: "Session, server → page", zh: "会话，服务器 → 页面" };
export const upText: Text = { en: "Session, page → server", zh: "会话，页面 → 服务器" };
export const plainText: Text = { en: "Plain WebSocket, server → page", zh: "普通 WebSocket，服务器 → 页面" };
export const otherText: Text = { en: "hollow, grey: for the whole session", zh: "空心灰色：属于整个会话" };

export const turnsText = (slices: string, between: string): Text => ({
  en: `The transfer so far: ${slices} slices, and between them ${between} slices of the other channels.`,
  zh: `本次传输至今：${slices} 个分片，其间穿插了其他通道的 ${between} 个分片。`,
});

export const creditTitle: Text = { en: "Credit: what may still be sent", zh: "额度：还可以发送多少" };
export const creditText: Text = {
  en: "Each channel has a window of its own. A slice uses it up; when the other side has taken a quarter of it, it grants that again. So a transfer can never have more than its window on the way, and never takes the window of another.",
  zh: "每个通道都有自己的窗口。发送分片会消耗额度；对方取走四分之一后再次授予。因此传输在途的数据永远不会超过自己的窗口，也不会占用别的通道的窗口。",
};
export const creditDownText: Text = { en: "server → page", zh: "服务器 → 页面" };
export const creditUpText: Text = { en: "page → server", zh: "页面 → 服务器" };

export const latencyTitle: Text = { en: "How long the small messages take", zh: "小消息需要多久" };
export const latencyText: Text = {
  en: "A dot is a message of chat, feed or telemetry that came, the last twenty seconds, on a logarithmic scale. The ground is shaded while a transfer ran. Chat and feed: from the server to this page. Telemetry: there and back.",
  zh: "每个点是一条到达的聊天、行情或遥测消息（最近二十秒，对数刻度）。传输进行时背景加深。聊天和行情：从服务器到本页；遥测：往返。",
};
export const tableText: Text = { en: "How long small messages took", zh: "小消息用时" };
export const columnTexts: readonly Text[] = [
  { en: "Session, alone", zh: "会话，无传输" },
  { en: "during the transfer", zh: "传输期间" },
  { en: "worst", zh: "最慢" },
  { en: "Plain, alone", zh: "普通，无传输" },
  { en: "during the transfer", zh: "传输期间" },
  { en: "worst", zh: "最慢" },
];
export const tableNoteText: Text = {
  en: "Medians, measured in this page; “alone” is without a transfer, “worst” the slowest during one.",
  zh: "在本页测得的中位数；“无传输”指没有传输时，“最慢”指传输期间最慢的一条。",
};

export const howText: Text = {
  en: "What is real: both ways are connections of this browser to one server behind this one, each with a network of its own that carries so many bytes a second, 20 ms late, and keeps what does not fit until it does (the fault proxy of `longwire/testing`; networks have such queues, too). What passes comes from the server's own inspection. The plain side hands the file over in messages of 128 KiB, waiting whenever the socket asks it to; it could be cut into small pieces by hand, with an answer for each, and then it would have credit as well.",
  zh: "真实的部分：两边都是本浏览器到本服务器背后另一台服务器的连接，各自经过一个限速、延迟 20 毫秒、装不下时先存着的网络（`longwire/testing` 的故障代理；真实网络也有这样的队列）。经过的内容来自服务器自身的检查接口。普通一边以 128 KiB 的消息发送文件，套接字要求等待时就等待；也可以手写成小块并逐块应答，那样它也就有了额度。",
};
export const readMoreText: Text = {
  en: "Read more: [fragmentation](https://www.rfc-editor.org/rfc/rfc6455#section-5.4), which interleaves nothing but control frames, in RFC 6455; [flow control](https://www.rfc-editor.org/rfc/rfc9113#section-5.2) in HTTP/2, the same idea; `docs/wire/channels-v1.md` §5.2 and §5.3 for credit and taking turns.",
  zh: "延伸阅读：RFC 6455 的[分片](https://www.rfc-editor.org/rfc/rfc6455#section-5.4)（只允许控制帧穿插）；HTTP/2 的[流量控制](https://www.rfc-editor.org/rfc/rfc9113#section-5.2)，思想相同；额度与轮流发送见 `docs/wire/channels-v1.md` §5.2 与 §5.3。",
};
