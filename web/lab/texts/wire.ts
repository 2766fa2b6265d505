// The words of the part “The wire”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The wire", zh: "线路" };
export const lead: Text = {
  en: "After the handshake nothing but frames goes over the connection. Here they are, bit by bit. Send right ones and wrong ones.",
  zh: "握手之后，连接上只有帧。这里逐位展示每一帧；您可以发送正确的帧，也可以发送错误的帧。",
};

export const liveTitle: Text = { en: "A live connection of this page", zh: "本页面的一条真实连接" };
export const liveText: Text = {
  en: "This page has opened a WebSocket, and the server shows every byte of it. A message is put into a frame: a few bytes that say what it is and how long it is, and then the message. What a browser sends is also masked: mixed with four random bytes, so that it can never look like a request to a careless proxy ([why](https://www.rfc-editor.org/rfc/rfc6455#section-10.3)).",
  zh: "本页面打开了一个 WebSocket，服务器展示其中的每个字节。一条消息装在一个“帧”里：先用几个字节说明类型与长度，然后是消息本身。浏览器发出的内容还会被“掩码”：与四个随机字节混合，使其永远不会被粗心的代理误认为请求（[原因](https://www.rfc-editor.org/rfc/rfc6455#section-10.3)）。",
};
export const messageText: Text = { en: "A message", zh: "消息" };
export const sendText: Text = { en: "Send", zh: "发送" };
export const actTexts = {
  long: { en: "Send 200 bytes", zh: "发送 200 字节" },
  longest: { en: "Send 66,000 bytes", zh: "发送 66,000 字节" },
  ping: { en: "Server: ping", zh: "服务器：ping" },
  binary: { en: "Server: bytes", zh: "服务器：二进制" },
  fragments: { en: "Server: three fragments", zh: "服务器：三个分片" },
  closeHere: { en: "Close here", zh: "由本页关闭" },
  close: { en: "Server closes", zh: "由服务器关闭" },
  open: { en: "Open again", zh: "重新打开" },
} satisfies Readonly<Record<string, Text>>;

export const listText: Text = { en: "Frames, the newest first", zh: "帧列表（最新在前）" };
export const emptyText: Text = { en: "Nothing yet.", zh: "尚无内容。" };
export const upText: Text = { en: "page → server", zh: "页面 → 服务器" };
export const downText: Text = { en: "server → page", zh: "服务器 → 页面" };
export const bytesText = (count: number): Text => ({
  en: count === 1 ? "1 byte" : `${count.toLocaleString("en")} bytes`,
  zh: `${count.toLocaleString("en")} 字节`,
});
export const endedText: Text = { en: "The TCP connection is closed.", zh: "TCP 连接已关闭。" };
export const openedText: Text = { en: "Connected: the handshake is over.", zh: "已连接：握手完成。" };
export const closedByPageText = (code: number, reason: string): Text => ({
  en: `The page's WebSocket heard: close ${code}${reason === "" ? "" : `, “${reason}”`}.`,
  zh: `页面的 WebSocket 收到：关闭 ${code}${reason === "" ? "" : `，“${reason}”`}。`,
});

// --- the drawing ---

export const drawingText: Text = { en: "The frame, bit by bit", zh: "逐位展示的帧" };
export const incompleteText: Text = {
  en: "This frame is not complete: the connection ended before the rest came, or the rest was never sent.",
  zh: "此帧不完整：其余部分到来之前连接已结束，或从未发送。",
};
export const moreBytesText = (count: number): Text => ({
  en: `and ${count.toLocaleString("en")} more bytes`,
  zh: `另有 ${count.toLocaleString("en")} 字节`,
});
export const fieldNames = {
  fin: { en: "FIN", zh: "FIN" },
  rsv: { en: "RSV 1–3", zh: "RSV 1–3" },
  opcode: { en: "opcode", zh: "操作码" },
  mask: { en: "MASK", zh: "MASK" },
  length: { en: "length", zh: "长度" },
  extended: { en: "extended length", zh: "扩展长度" },
  key: { en: "masking key", zh: "掩码密钥" },
  payload: { en: "payload", zh: "负载" },
} satisfies Readonly<Record<string, Text>>;

export const finText = (isLast: boolean): Text =>
  isLast
    ? { en: "This is the last frame of its message, or the only one.", zh: "这是消息的最后一帧，或唯一的一帧。" }
    : { en: "More frames of this message follow.", zh: "此消息还有后续的帧。" };
export const rsvText = (isSet: boolean): Text =>
  isSet
    ? {
        en: "Reserved for extensions, such as RSV1 for compression. None was agreed here, so this is forbidden.",
        zh: "为扩展保留，例如 RSV1 用于压缩。此处没有协商任何扩展，因此是禁止的。",
      }
    : { en: "Reserved for extensions; 0 without one.", zh: "为扩展保留；没有扩展时为 0。" };
const opcodeTexts: Readonly<Record<number, Text>> = {
  0: { en: "continuation: the next piece of a message that has begun.", zh: "延续帧：已开始的消息的下一部分。" },
  1: { en: "text: a message, or its first piece, in UTF-8.", zh: "文本：一条 UTF-8 消息，或其首个分片。" },
  2: { en: "binary: a message, or its first piece, any bytes.", zh: "二进制：任意字节的消息，或其首个分片。" },
  8: { en: "close: the last frame in this direction.", zh: "关闭：此方向上的最后一帧。" },
  9: { en: "ping: asks the other side for a pong.", zh: "ping：请求对方回复 pong。" },
  10: { en: "pong: answers a ping with the same payload.", zh: "pong：以相同的负载回答 ping。" },
};
export const opcodeText = (opcode: number): Text =>
  opcodeTexts[opcode] ?? { en: "reserved: nobody knows what this means.", zh: "保留：没有定义的含义。" };
export const maskText = (isMasked: boolean): Text =>
  isMasked
    ? { en: "Masked, as everything from a client has to be.", zh: "已掩码：客户端发出的一切都必须如此。" }
    : { en: "Not masked, as everything from a server has to be.", zh: "未掩码：服务器发出的一切都必须如此。" };
export const lengthText = (short: number, length: string): Text => {
  if (short < 126)
    return { en: `${length}: up to 125 it stands right here.`, zh: `${length}：不超过 125 时直接写在这里。` };
  return short === 126
    ? { en: "126 means: the length stands in the next 2 bytes.", zh: "126 表示：长度写在后面的 2 个字节里。" }
    : { en: "127 means: the length stands in the next 8 bytes.", zh: "127 表示：长度写在后面的 8 个字节里。" };
};
export const extendedText = (length: string, isMinimal: boolean): Text =>
  isMinimal
    ? { en: `${length} bytes of payload.`, zh: `负载为 ${length} 字节。` }
    : {
        en: `${length} bytes of payload. A shorter form would have done, and the shortest one must be used.`,
        zh: `负载为 ${length} 字节。本可使用更短的形式，而规范要求必须使用最短的形式。`,
      };
export const keyText: Text = {
  en: "Four random bytes, new for each frame. Byte by byte they are combined (XOR) with the payload, again and again from the first.",
  zh: "四个随机字节，每帧都不同。它们逐字节与负载做异或，循环使用。",
};
export const payloadMaskedText: Text = {
  en: "Each byte: above as it was on the wire, then the byte of the key, below what it means.",
  zh: "每个字节：上为线路上的值，中为密钥字节，下为其真实含义。",
};
export const payloadPlainText: Text = { en: "As it is: nothing is masked.", zh: "原样：没有掩码。" };
export const closePayloadText = (code: number, reason: string): Text => ({
  en: `The first two bytes are the close code, ${code}${reason === "" ? "" : `; the rest is the reason: “${reason}”`}.`,
  zh: `前两个字节是关闭码 ${code}${reason === "" ? "" : `；其余是原因：“${reason}”`}。`,
});

// --- a frame of one's own ---

export const ownTitle: Text = { en: "Write your own frame", zh: "编写您自己的帧" };
export const ownText: Text = {
  en: "A page cannot send wrong frames: its browser would not let it. So the lab's server holds a second TCP connection to its own echo server, and writes exactly the bytes below. Choose one, change it, send it, and see what comes back.",
  zh: "网页无法发送错误的帧，浏览器不允许。因此实验室的服务器与它自己的回显服务器另开一条 TCP 连接，并原样写入下面的字节。选择一个，修改它，发送它，看看会得到什么。",
};
export const rightText: Text = { en: "Right ones", zh: "正确的帧" };
export const wrongText: Text = { en: "Wrong ones", zh: "错误的帧" };
export const presetTexts = {
  hello: { en: "text “Hello”", zh: "文本 “Hello”" },
  binary: { en: "four bytes", zh: "四个字节" },
  ping: { en: "ping", zh: "ping" },
  pong: { en: "pong nobody asked for", zh: "主动的 pong" },
  fragments: { en: "two fragments, a ping between", zh: "两个分片，中间夹一个 ping" },
  long: { en: "200 bytes", zh: "200 字节" },
  close: { en: "close 1000", zh: "关闭 1000" },
  reservedOpcode: { en: "reserved opcode", zh: "保留的操作码" },
  rsv: { en: "RSV1 set", zh: "RSV1 置位" },
  unmasked: { en: "not masked", zh: "未掩码" },
  pingFragment: { en: "ping in fragments", zh: "分片的 ping" },
  pingLong: { en: "ping of 126 bytes", zh: "126 字节的 ping" },
  notMinimal: { en: "length longer than needed", zh: "长度形式过长" },
  negative: { en: "length with its first bit set", zh: "长度首位为 1" },
  continuation: { en: "continues nothing", zh: "没有开头的延续帧" },
  interleaved: { en: "two messages at once", zh: "两条消息交错" },
  utf8: { en: "text that is not UTF-8", zh: "不是 UTF-8 的文本" },
  tooBig: { en: "says 2 MB follow", zh: "声称有 2 MB" },
  closeShort: { en: "close with one byte", zh: "只有一个字节的关闭帧" },
  closeNoStatus: { en: "close 1005", zh: "关闭 1005" },
  closeText: { en: "close reason not UTF-8", zh: "关闭原因不是 UTF-8" },
} satisfies Readonly<Record<string, Text>>;

export const formTexts = {
  bits: { en: "Bits", zh: "位" },
  opcode: { en: "Opcode", zh: "操作码" },
  lengthForm: { en: "Form of the length", zh: "长度形式" },
  payload: { en: "Payload (text)", zh: "负载（文本）" },
  hex: { en: "The bytes that are sent, in hex", zh: "将要发送的字节（十六进制）" },
  shortest: { en: "shortest", zh: "最短" },
  "7": { en: "7 bits", zh: "7 位" },
  "16": { en: "16 bits", zh: "16 位" },
  "64": { en: "64 bits", zh: "64 位" },
} satisfies Readonly<Record<string, Text>>;
export const hexWrongText: Text = {
  en: "These are not bytes in hex: two digits each, 0–9 and a–f, at most 65,536 bytes.",
  zh: "这不是十六进制字节：每字节两位，0–9 与 a–f，最多 65,536 字节。",
};
export const nothingText: Text = {
  en: "Nothing to send yet: write bytes, two digits each, or choose a frame above.",
  zh: "还没有要发送的内容：请写入字节（每字节两位），或在上方选择一个帧。",
};
export const restText: Text = {
  en: "The server still waits for the rest of what was sent before, and takes these bytes for it. Drawn is what they would be by themselves.",
  zh: "服务器仍在等待之前所发内容的其余部分，会把这些字节当作它。图中是它们单独成帧时的样子。",
};
export const severalText = (count: number): Text => ({
  en: `${count} frames one behind the other. The first one is drawn.`,
  zh: `共 ${count} 个帧，依次排列。图中为第一个。`,
});
export const noHeadText: Text = { en: "Not even the head of a frame yet.", zh: "还不足以构成帧头。" };

export const judgedTexts = {
  good: {
    en: "Allowed, says the machine of longwire/protocol in this page. Send it and see.",
    zh: "本页中的 longwire/protocol 判定：允许。发送看看。",
  },
  waiting: {
    en: "So far allowed, but something is unfinished: the server would wait for the rest.",
    zh: "到目前为止是允许的，但尚未结束：服务器会等待其余部分。",
  },
} satisfies Readonly<Record<string, Text>>;
export const judgedWrongText = (code: number, message: string): Text => ({
  en: `Forbidden, says the machine of longwire/protocol in this page: close ${code}, “${message}” Send it and see.`,
  zh: `本页中的 longwire/protocol 判定：禁止，应以 ${code} 关闭：“${message}”发送看看。`,
});
export const sendBytesText: Text = { en: "Send these bytes", zh: "发送这些字节" };
export const backText: Text = { en: "What came back", zh: "得到的回应" };
export const verdictWaitingText: Text = { en: "Sent. Nothing has come back yet.", zh: "已发送，尚无回应。" };
export const verdictGoodText = (count: number): Text => ({
  en: `The server accepts it: ${count === 1 ? "one frame has" : `${count} frames have`} come back and the connection stays open.`,
  zh: `服务器接受了：返回了 ${count} 个帧，连接保持打开。`,
});
export const verdictAnsweredText = (code: number): Text => ({
  en: `A proper goodbye: the server answers the Close with the same code, ${code}, and the TCP connection ends.`,
  zh: `正常的告别：服务器以相同的关闭码 ${code} 回答，随后 TCP 连接结束。`,
});
export const verdictNoCodeText: Text = {
  en: "The server answers with a Close without a code, and the TCP connection ends. A page would be told 1005.",
  zh: "服务器以不带关闭码的关闭帧回答，随后 TCP 连接结束。页面会得到 1005。",
};
export const verdictRefusedText = (code: number, reason: string, section: string): Text => ({
  en: `The server closes the connection with ${code}: “${reason}” The rule is in [RFC 6455 §${section}](https://www.rfc-editor.org/rfc/rfc6455#section-${section}).`,
  zh: `服务器以 ${code} 关闭连接：“${reason}”规则见 [RFC 6455 §${section}](https://www.rfc-editor.org/rfc/rfc6455#section-${section})。`,
});
export const verdictCutText: Text = {
  en: "The connection ended without a Close. A page would be told 1006.",
  zh: "连接未经关闭帧就结束了。页面会得到 1006。",
};

// --- close codes ---

export const codesTitle: Text = { en: "Every close code", zh: "所有关闭码" };
export const codesText: Text = {
  en: "A connection ends with a code that says why. Three of them never go on the wire: a browser reports 1005 when the other side gave no code, 1006 when there was no Close at all, 1015 when TLS failed. 1004 is reserved and means nothing yet. Libraries register theirs from 3000 to 3999; from 4000 to 4999 every application has its own, and those here are Longwire's. “Try” sends a Close with this code on the raw connection and shows what the server says.",
  zh: "连接结束时会带一个说明原因的关闭码。其中三个永远不会出现在线路上：对方没有给出关闭码时浏览器报告 1005，完全没有关闭帧时报告 1006，TLS 失败时报告 1015。1004 为保留，尚无含义。3000 至 3999 由程序库登记；4000 至 4999 由各应用自定，此处列出的是 Longwire 的。“试试”会在原始连接上发送带此关闭码的帧，并展示服务器的回应。",
};
export const tryText: Text = { en: "Try", zh: "试试" };
export const onWireText: Text = { en: "on the wire", zh: "可在线路上出现" };
export const longwireText: Text = { en: "Longwire's own", zh: "Longwire 自定" };
export const neverText: Text = { en: "never on the wire", zh: "永不出现在线路上" };
export const codeMeanings: Readonly<Record<number, string>> = {
  1000: "对话已完成。",
  1001: "一方离开：页面卸载或服务器停止。",
  1002: "对方违反了协议规则。",
  1003: "对方发送了无法接受的数据类型。",
  1005: "关闭帧没有带关闭码。",
  1006: "连接未经关闭握手就结束了。",
  1007: "文本消息或关闭原因不是有效的 UTF-8。",
  1008: "对方超出限制，或被策略拒绝。",
  1009: "消息大于此端所能接受的大小。",
  1010: "服务器没有同意客户端所需的扩展。",
  1011: "此端遇到了意外情况。",
  1012: "服务正在重启，请稍后再来。",
  1013: "服务过载，或对方读取太慢。",
  1014: "网关从其后的服务器得到了无效的回答。",
  1015: "TLS 握手失败。",
  4400: "会话或通道的字节格式错误。",
  4401: "缺少认证，或认证已过期。",
  4403: "无权执行此操作。",
  4408: "认证耗时过长。",
  4409: "同一会话的新传输已接管。",
  4410: "会话无法恢复，请开始新的会话。",
  4413: "对方读取不够快。",
  4429: "对方发送过于频繁。",
};
export const readMoreText: Text = {
  en: "Read more: [the frame](https://www.rfc-editor.org/rfc/rfc6455#section-5.2), [masking](https://www.rfc-editor.org/rfc/rfc6455#section-5.3), [fragments](https://www.rfc-editor.org/rfc/rfc6455#section-5.4), [ping, pong, close](https://www.rfc-editor.org/rfc/rfc6455#section-5.5), [close codes](https://www.rfc-editor.org/rfc/rfc6455#section-7.4).",
  zh: "延伸阅读：[帧](https://www.rfc-editor.org/rfc/rfc6455#section-5.2)、[掩码](https://www.rfc-editor.org/rfc/rfc6455#section-5.3)、[分片](https://www.rfc-editor.org/rfc/rfc6455#section-5.4)、[ping、pong、关闭](https://www.rfc-editor.org/rfc/rfc6455#section-5.5)、[关闭码](https://www.rfc-editor.org/rfc/rfc6455#section-7.4)。",
};
