// The chat page. Until the engine can carry messages it only says that its script ran.
document.documentElement.dataset["script"] = "ran";

export {};
