// The words of the part “The race”.
import type { Text } from "../language.ts";

export const title: Text = { en: "The race", zh: "赛跑" };
export const lead: Text = {
  en: "Four ways for a server to tell a page something new, side by side, with what each of them costs.",
  zh: "服务器向网页传递新消息的四种方式,并排比较,各自的代价一目了然。",
};
