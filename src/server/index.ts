// `longwire/server`: everything an application needs to serve WebSockets.
export {
  createServer,
  type AttachOptions,
  type CloseOptions,
  type Handler,
  type Hooks,
  type LongwireServer,
  type PublishOptions,
} from "./server.ts";
export type { ListenAddress, ListenOptions } from "./front.ts";
export type { Authenticate, ProtocolChooser, RouteContext } from "./hooks.ts";
export type { Closed, ClosedCause, Fault, Happening, Opened, Refused, SessionEnded } from "./inspection/happenings.ts";
export type { Farewell, Inspection, Snapshot } from "./inspection/inspection.ts";
export type { MessageCount } from "./inspection/message-counts.ts";
export type { PayloadView } from "./inspection/payload-view.ts";
export type { ServerView } from "./inspection/server-view.ts";
export type {
  Direction,
  EndEntry,
  EnvelopeEntry,
  FrameEntry,
  PacketEntry,
  Tap,
  TapEntry,
  TapOptions,
  TapReceiver,
  TransportEntry,
} from "./inspection/tap-entries.ts";
export type { CallerView, ChannelView, ConnectionView, SessionView, SocketView } from "./inspection/views.ts";
export type { LineOptions } from "./line-options.ts";
export type { Log } from "./log.ts";
export type { ServerOptions } from "./options.ts";
export type { Origins } from "./origin.ts";
export type { ServerSocket } from "./peer.ts";
export type { PathParams } from "./route-pattern.ts";
export type { UpgradeRequest } from "./upgrade-request.ts";
export type { Pressure } from "../base/carrier.ts";
export { LocalError, LongwireError, RemoteError, type ErrorCode } from "../base/errors.ts";
export type { LimitName, Limits } from "../base/limits.ts";
