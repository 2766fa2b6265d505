// `longwire/inspector`: see what a server's connections do.
export {
  inspect,
  mountInspector,
  type InspectOptions,
  type Inspector,
  type MountedInspector,
  type MountOptions,
} from "./inspector.ts";
export type {
  CaptureEnd,
  InspectorMessage,
  PageMessage,
  ShownEntry,
  ShownEnvelope,
  ShownFrame,
  ShownPacket,
  ShownPayload,
} from "./messages.ts";
export type { RowOrder } from "./order.ts";
