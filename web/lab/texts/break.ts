// The words of the part “The break”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The break", zh: "断线" };
export const lead: Text = {
  en: "The same conversation over a plain WebSocket and over a Longwire session, while the connection is made to fail.",
  zh: "同一段对话,一边用普通 WebSocket,一边用 Longwire 会话,同时人为制造连接故障。",
};
