import { PRICES, type PriceName } from "./prices";

/** The hours of a month, as AWS's own calculator has it. */
export const HOURS_PER_MONTH = 730;

/** The size of a task by default. */
const TASK = { vcpus: 0.25, memoryGb: 0.5 };

/**
 * What CloudWatch Logs counts for a line besides its text: in a batch, and so probably on the bill.
 * Source: PutLogEvents, Amazon CloudWatch Logs API reference.
 */
const BYTES_PER_LOG_EVENT = 26;

/** Who needs the web, and how much of it. */
export interface Demand {
  readonly clientVpcs: number;
  /** The availability zones of each client VPC. */
  readonly azs: number;
  /** Of all client VPCs together, in both directions, in a month. */
  readonly gigabytes: number;
}

export interface Fleet {
  readonly tasks: number;
  /** The availability zones of the service VPC, each with a NAT gateway. */
  readonly azs: number;
  readonly accessLogGigabytes: number;
}

/** Dollars a month for each part. */
export type Bill = Readonly<Record<string, number>>;

export function total(bill: Bill): number {
  return Object.values(bill).reduce((sum, dollars) => sum + dollars, 0);
}

/** The access log of a month's traffic. */
export function accessLogGigabytes(traffic: {
  readonly gigabytes: number;
  readonly kilobytesPerTunnel: number;
  readonly accessLogBytesPerTunnel: number;
}): number {
  const bytes = traffic.accessLogBytesPerTunnel + BYTES_PER_LOG_EVENT;
  return (traffic.gigabytes * bytes) / (traffic.kilobytesPerTunnel * 1000);
}

/** This project: tasks behind a load balancer, reached through an endpoint in each client VPC. */
export function proxyFleet({ clientVpcs, azs, gigabytes }: Demand, fleet: Fleet): Bill {
  return {
    Fargate: fleet.tasks * task("x86"),
    "Load balancer":
      monthly("Network Load Balancer") +
      // A capacity unit is a gigabyte in an hour. Its other limits, such as 800 new connections a
      // second, would count first only for tunnels of less than 350 bytes.
      gigabytes * dollars("Network Load Balancer, capacity"),
    "Interface endpoints":
      clientVpcs * azs * monthly("Interface endpoint") +
      gigabytes * dollars("Interface endpoint, data"),
    // The load balancer gives each zone's connections to the tasks of all zones.
    "Between zones": betweenZones(gigabytes, fleet.azs),
    "NAT gateways": natGateways(fleet.azs, gigabytes),
    "Access log": fleet.accessLogGigabytes * dollars("CloudWatch Logs, ingestion"),
  };
}

/** A month of a task. */
export function task(architecture: "x86" | "ARM"): number {
  return (
    TASK.vcpus * monthly(`Fargate, ${architecture}`) +
    TASK.memoryGb * monthly(`Fargate memory, ${architecture}`)
  );
}

/** No proxy: in each client VPC one NAT gateway for all of its zones. */
export function natGatewayPerVpc({ clientVpcs, azs, gigabytes }: Demand): Bill {
  return {
    "NAT gateways": natGateways(clientVpcs, gigabytes),
    "Between zones": betweenZones(gigabytes, azs),
  };
}

/** No proxy: in each client VPC a NAT gateway in each zone. */
export function natGatewayPerAz({ clientVpcs, azs, gigabytes }: Demand): Bill {
  return { "NAT gateways": natGateways(clientVpcs * azs, gigabytes) };
}

/** AWS Network Firewall in each client VPC, in each zone, and a NAT gateway behind each endpoint. */
export function networkFirewallPerVpc({ clientVpcs, azs, gigabytes }: Demand): Bill {
  return firewalledEgress(clientVpcs * azs, gigabytes);
}

/**
 * AWS Network Firewall in one VPC, in so many zones, with the NAT gateways behind it; the client VPCs
 * and this one are attached to a transit gateway. A byte is charged where it enters that: a request's
 * from the client VPC, an answer's from the firewall's.
 */
export function networkFirewallCentral(
  { clientVpcs, gigabytes }: Demand,
  firewallAzs: number,
): Bill {
  return {
    "Transit gateway":
      (clientVpcs + 1) * monthly("Transit gateway attachment") +
      gigabytes * dollars("Transit gateway, data"),
    ...firewalledEgress(firewallAzs, gigabytes),
  };
}

/**
 * With each hour and gigabyte of a firewall endpoint comes one of a NAT gateway behind it, so that
 * only its address is left to pay.
 * Source: AWS Network Firewall pricing, as quoted in https://github.com/infracost/infracost/pull/1469
 */
function firewalledEgress(endpoints: number, gigabytes: number): Bill {
  return {
    "Network Firewall":
      endpoints * monthly("Network Firewall endpoint") +
      gigabytes * dollars("Network Firewall, data"),
    "Public IPv4 addresses": endpoints * monthly("Public IPv4 address"),
  };
}

function natGateways(count: number, gigabytes: number): number {
  return (
    count * (monthly("NAT gateway") + monthly("Public IPv4 address")) +
    gigabytes * dollars("NAT gateway, data")
  );
}

/** What comes from any of the zones with equal likelihood leaves it for another one. */
function betweenZones(gigabytes: number, azs: number): number {
  return gigabytes * (1 - 1 / azs) * 2 * dollars("Data between zones");
}

function monthly(price: PriceName): number {
  return HOURS_PER_MONTH * dollars(price);
}

function dollars(price: PriceName): number {
  return PRICES[price].dollars;
}
