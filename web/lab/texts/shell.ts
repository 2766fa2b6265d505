// The words of the page around the parts.
import type { Text } from "../language.ts";

export const copyText: Text = { en: "Copy the table", zh: "复制表格" };
export const copiedText: Text = { en: "Copied", zh: "已复制" };
export const connectingText: Text = { en: "Connecting to the lab's server…", zh: "正在连接实验室的服务器…" };
export const awayText: Text = {
  en: "The lab's server cannot be reached. This page tries again by itself; what runs here has stopped.",
  zh: "无法连接实验室的服务器。页面会自动重试；正在运行的演示已停止。",
};
export const dismissedText: Text = { en: "The server has ended this page: ", zh: "服务器结束了此页面：" };
export const againText: Text = { en: "Begin again", zh: "重新开始" };
export const nextText: Text = { en: "Next: ", zh: "下一节：" };
export const previousText: Text = { en: "Before: ", zh: "上一节：" };
export const partOfText = (number: number, count: number): Text => ({
  en: `Part ${number} of ${count}`,
  zh: `第 ${number} 节，共 ${count} 节`,
});

/** What index.html says, by the id of the element. */
export const frameTexts: Readonly<Record<string, Text>> = {
  skip: { en: "Skip to the part", zh: "跳到正文" },
  "to-chat": { en: "Chat", zh: "聊天" },
  "brand-room": { en: "lab", zh: "实验室" },
};
export const navigationText: Text = { en: "Parts of the lab", zh: "实验室的各节" };
export const languageText: Text = { en: "Language", zh: "语言" };
