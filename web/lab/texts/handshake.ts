// The words of the part “The handshake”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The handshake", zh: "握手" };
export const lead: Text = {
  en: "A WebSocket begins as an HTTP request. Here is a real one, header by header.",
  zh: "WebSocket 从一个 HTTP 请求开始。这里逐个头字段地展示一次真实的握手。",
};
