// The words of the part “Many in one”.
import type { Text } from "../language.ts";

export const title: Text = { en: "Many in one", zh: "一线多用" };
export const lead: Text = {
  en: "Several conversations share one connection without one holding up the other.",
  zh: "多个对话共用一个连接,互不阻塞。",
};
