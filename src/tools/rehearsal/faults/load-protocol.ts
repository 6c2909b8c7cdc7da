/** What a load generator is told. */
export interface LoadOptions {
  /** Every name below it leads to a web site. */
  readonly domain: string;
  /** How many new requests start in a second, half of them through a tunnel of their own. */
  readonly requestsPerSecond: number;
  /** How many tunnels are kept, with a small request through each every second. */
  readonly tunnels: number;
  /** What plain requests ask for. */
  readonly path: string;
}

/** What the load generator reports, a line of JSON each. Times are milliseconds since 1970. */
export type LoadEvent = RequestEvent | OpenedEvent | CutEvent;

/** A request on a connection of its own, over. */
export interface RequestEvent {
  readonly event: "request";
  readonly url: string;
  readonly start: number;
  readonly end: number;
  /** Why it did not get its 200, or null if it did. */
  readonly failure: string | null;
}

/** A tunnel that is kept has been opened. */
export interface OpenedEvent {
  readonly event: "opened";
  readonly tunnel: number;
  readonly at: number;
  /** The proxy's address, as the web site sees it. */
  readonly through: string;
}

/** A tunnel that was to be kept has ended. */
export interface CutEvent {
  readonly event: "cut";
  readonly tunnel: number;
  readonly at: number;
  readonly reason: string;
}
