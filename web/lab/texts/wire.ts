// The words of the part “The wire”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The wire", zh: "线路" };
export const lead: Text = {
  en: "What travels on an open WebSocket, bit by bit.",
  zh: "打开的 WebSocket 上传输的内容,逐位展示。",
};
