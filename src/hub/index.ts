// What the floors above may use of the hub.
export { Hub, type Codec, type Subscriber } from "./hub.ts";
