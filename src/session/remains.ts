// What is left of a stream that has ended (wire/session-v1 §4.2): requests that were on their way when it did, the last word of
// a page among them. What they bring counts for as long as the session has no transport; nothing goes back on it.

import type { Courier } from "../base/link.ts";
import { Attachment } from "./attachment.ts";
import type { AttachmentHost } from "./attachment-host.ts";
import type { Ledger } from "./ledger.ts";
import type { SessionSettings } from "./settings.ts";

/** Takes what `lost` can no longer; undefined where nothing comes beside the transport itself. */
export function remainsOf(
  lost: Attachment,
  host: AttachmentHost<Attachment>,
  ledger: Ledger,
  settings: SessionSettings,
): Attachment | undefined {
  if (lost.kind !== "stream") return undefined;
  const remains = new Attachment({ kind: lost.kind, courier: nobody }, settings, host);
  remains.bind(host, ledger, 1);
  return remains;
}

/** Nobody asks for what there may be to say. */
const nobody: Courier = { wake() {}, close() {} };
