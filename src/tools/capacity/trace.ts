/** What clients want of a fleet over time. */
export interface Trace {
  /** What `npm run capacity` calls it. */
  readonly name: string;
  readonly minutes: number;
  /** The tunnels that clients want to have open at a minute, fractions included. */
  readonly tunnels: (minute: number) => number;
  /** How long a tunnel is open, on average. */
  readonly lifetimeSeconds: number;
  /** What passes through an open tunnel, on average. */
  readonly megabytesPerSecondAndTunnel: number;
}

export interface PeakProps {
  /** The most tunnels that are open at a time. */
  readonly tunnels: number;
  /** How long a tunnel is open, on average. */
  readonly lifetimeSeconds: number;
  /** What passes through all of them. */
  readonly megabytesPerSecond: number;
}

/** What there is of the peak before it, and at night. */
const USUAL = 0.3;

const MINUTES_PER_DAY = 24 * 60;

/** The ways in which a peak comes that a fleet is held against, and of them a day, which says what it costs. */
export function traces({ tunnels, lifetimeSeconds, megabytesPerSecond }: PeakProps) {
  const busy = { lifetimeSeconds, megabytesPerSecondAndTunnel: megabytesPerSecond / tunnels };
  /** From the usual load to the peak, from minute 30 on. */
  const rising = (minutes: number) => (minute: number) => {
    const risen = Math.min(1, Math.max(0, (minute - 30) / minutes));
    return tunnels * (USUAL + (1 - USUAL) * risen);
  };
  const height = (minute: number) => (1 - Math.cos((2 * Math.PI * minute) / MINUTES_PER_DAY)) / 2;
  const day: Trace = {
    name: "a day",
    minutes: MINUTES_PER_DAY,
    tunnels: (minute) => tunnels * (USUAL + (1 - USUAL) * height(minute)),
    ...busy,
  };
  const loads: Trace[] = [
    { name: "step, in a minute", minutes: 120, tunnels: rising(1), ...busy },
    { name: "ramp, in half an hour", minutes: 120, tunnels: rising(30), ...busy },
    {
      name: "flood of idle tunnels, in five minutes",
      minutes: 120,
      tunnels: rising(5),
      // They stay, and say nothing.
      lifetimeSeconds: Infinity,
      megabytesPerSecondAndTunnel: 0,
    },
    day,
  ];
  return { loads, day };
}
