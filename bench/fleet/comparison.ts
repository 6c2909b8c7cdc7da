import { peakLoad, taskCapacity, tasksFor, type Shape } from "./capacity";
import {
  accessLogGigabytes,
  natGatewayPerAz,
  natGatewayPerVpc,
  networkFirewallCentral,
  networkFirewallPerVpc,
  proxyFleet,
  total,
  type Bill,
  type Demand,
} from "./cost";
import type { Speed } from "./speed";

/** Assumed, not measured: a tunnel of some web page's or package's size, and a working day's peak. */
export const SHAPE: Shape = { kilobytesPerTunnel: 100, peak: 5 };

/** The settings' defaults. */
export const TARGET_CPU_PERCENT = 75;
const MIN_CAPACITY = 2;
const SERVICE_AZS = 2;

export const CLIENT_VPCS = [1, 2, 10, 100] as const;
export const GIGABYTES = [100, 1_000, 10_000] as const;

/** A way to give client VPCs the web. */
export interface Alternative {
  readonly name: string;
  readonly bill: (demand: Demand) => Bill;
}

/** This fleet first, then what else AWS offers. */
export function alternatives(speed: Speed): readonly [Alternative, ...Alternative[]] {
  return [
    { name: "this fleet", bill: (demand) => fleetBill(demand, speed) },
    { name: "NAT gateway in each VPC", bill: natGatewayPerVpc },
    { name: "NAT gateway in each zone", bill: natGatewayPerAz },
    { name: "Network Firewall in each VPC", bill: networkFirewallPerVpc },
    {
      name: "Network Firewall, central",
      bill: (demand) => networkFirewallCentral(demand, SERVICE_AZS),
    },
  ];
}

/** The tasks that a month's traffic takes at its peak. */
export function tasksForMonth(gigabytes: number, speed: Speed): number {
  return tasksFor(
    peakLoad(gigabytes, SHAPE),
    taskCapacity(speed, TARGET_CPU_PERCENT),
    MIN_CAPACITY,
  );
}

/** The most client VPCs that are looked at for the number from which one way is cheaper. */
const MANY = 1000;

/**
 * The fewest client VPCs from which on one way costs less than another with the same traffic in all;
 * undefined where it never does.
 */
export function cheaperFrom(
  one: Alternative,
  other: Alternative,
  demand: Omit<Demand, "clientVpcs">,
): number | undefined {
  const cheaper = (clientVpcs: number) =>
    total(one.bill({ ...demand, clientVpcs })) < total(other.bill({ ...demand, clientVpcs }));
  const numbers = Array.from({ length: MANY }, (_, index) => index + 1);
  const last = numbers.findLastIndex((clientVpcs) => !cheaper(clientVpcs));
  return numbers[last + 1];
}

function fleetBill(demand: Demand, speed: Speed): Bill {
  const { gigabytes } = demand;
  const { accessLogBytesPerTunnel } = speed;
  const { kilobytesPerTunnel } = SHAPE;
  return proxyFleet(demand, {
    tasks: tasksForMonth(gigabytes, speed),
    azs: SERVICE_AZS,
    accessLogGigabytes: accessLogGigabytes({
      gigabytes,
      kilobytesPerTunnel,
      accessLogBytesPerTunnel,
    }),
  });
}
