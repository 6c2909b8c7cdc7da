import { readFileSync } from "node:fs";
import path from "node:path";
import { peakLoad, taskCapacity, tasksFor } from "../../bench/fleet/capacity";
import { alternatives, cheaperFrom, type Alternative } from "../../bench/fleet/comparison";
import {
  accessLogGigabytes,
  natGatewayPerAz,
  natGatewayPerVpc,
  networkFirewallCentral,
  networkFirewallPerVpc,
  proxyFleet,
  task,
  total,
} from "../../bench/fleet/cost";
import { made } from "../../bench/fleet/document";
import { PRICES } from "../../bench/fleet/prices";
import { over, ratios, readSpeed, type Sample } from "../../bench/fleet/speed";
import { summary } from "../../bench/summary";
import { CHECKOUT } from "../helpers/checkout";

const COSTS = path.join(CHECKOUT, "docs/costs.md");

const ONE_VPC = { clientVpcs: 1, azs: 1, gigabytes: 0 };
const TEN_VPCS = { clientVpcs: 10, azs: 2, gigabytes: 1_000 };

const VCPUS = 0.25;

const sample = (workload: Sample["workload"], proxies: number, perSecond: number): Sample => ({
  round: 1,
  proxies,
  workload,
  perSecond,
  megabytesPerSecond: perSecond / 10,
  proxiesCpu: 0,
  loadBalancerCpu: 0,
  originCpu: 0,
  loadCpu: 0,
  machineCpu: 0,
  throttled: 0,
  paced: [
    {
      perSecond: perSecond / 2,
      megabytesPerSecond: perSecond / 20,
      proxiesCpu: VCPUS * 0.6,
      p50Ms: 0,
      p99Ms: 0,
    },
  ],
});

describe("dollars a month", () => {
  test("of an idle fleet are what docs/costs.md says", () => {
    const bill = proxyFleet(ONE_VPC, { tasks: 3, azs: 2, accessLogGigabytes: 0 });
    const cents = Object.entries(bill).map(([name, cost]) => [name, cost.toFixed(2)]);
    expect(Object.fromEntries(cents)).toEqual({
      Fargate: "27.03",
      "Load balancer": "16.43",
      "Interface endpoints": "7.30",
      "Between zones": "0.00",
      // The gateways and their addresses.
      "NAT gateways": "73.00",
      "Access log": "0.00",
    });
  });

  test("of a fleet grow with its traffic, clients and log", () => {
    const bill = proxyFleet(TEN_VPCS, { tasks: 2, azs: 2, accessLogGigabytes: 4 });
    expect(bill["Load balancer"]).toBeCloseTo(16.425 + 6);
    expect(bill["Interface endpoints"]).toBeCloseTo(10 * 2 * 7.3 + 10);
    // Half of it goes to the other zone, and is paid for at both ends.
    expect(bill["Between zones"]).toBeCloseTo(10);
    expect(bill["NAT gateways"]).toBeCloseTo(73 + 45);
    expect(bill["Access log"]).toBeCloseTo(2);
  });

  test("of a fleet in one zone have nothing that crosses zones", () => {
    const bill = proxyFleet(TEN_VPCS, { tasks: 2, azs: 1, accessLogGigabytes: 0 });
    expect(bill["Between zones"]).toBe(0);
  });

  test("of NAT gateways", () => {
    expect(total(natGatewayPerVpc(ONE_VPC))).toBeCloseTo(36.5);
    expect(total(natGatewayPerVpc(TEN_VPCS))).toBeCloseTo(365 + 45 + 10);
    expect(total(natGatewayPerAz(TEN_VPCS))).toBeCloseTo(730 + 45);
  });

  test("of Network Firewall, whose NAT gateways cost no more than their addresses", () => {
    expect(total(networkFirewallPerVpc(TEN_VPCS))).toBeCloseTo(20 * (288.35 + 3.65) + 65);
    expect(total(networkFirewallCentral(TEN_VPCS, 2))).toBeCloseTo(
      11 * 36.5 + 20 + 2 * (288.35 + 3.65) + 65,
    );
  });

  test("of a task on ARM are a fifth less", () => {
    expect(task("ARM") / task("x86")).toBeCloseTo(0.8, 2);
  });

  test("are made of the prices in docs/costs.md", () => {
    const page = readFileSync(COSTS, "utf8");
    const names = [
      "Fargate, x86",
      "Fargate memory, x86",
      "Network Load Balancer",
      "Interface endpoint",
      "NAT gateway",
      "Public IPv4 address",
    ] as const;
    for (const name of names) expect(page).toContain(`${PRICES[name].dollars}`);
  });

  test("every price says where it is from", () => {
    for (const { page, source, sourceDate } of Object.values(PRICES)) {
      expect([page, source]).toEqual([
        expect.stringMatching(/^https:/),
        expect.stringMatching(/^https:/),
      ]);
      expect(sourceDate).toMatch(/^([A-Z][a-z]+ 20\d\d|undated)$/);
    }
  });
});

test("the access log grows with the number of tunnels, by 26 bytes more than its lines have", () => {
  const traffic = { gigabytes: 1_000, kilobytesPerTunnel: 100, accessLogBytesPerTunnel: 374 };
  expect(accessLogGigabytes(traffic)).toBeCloseTo(4);
});

describe("tasks", () => {
  const capacity = { requestsPerSecond: 1_000, tunnelsPerSecond: 500, megabytesPerSecond: 100 };
  const tasks = (tunnelsPerSecond: number, megabytesPerSecond: number) =>
    tasksFor({ tunnelsPerSecond, megabytesPerSecond }, capacity, 2);

  test("are never fewer than the fewest", () => {
    expect(tasks(0, 0)).toBe(2);
    expect(tasks(500, 100)).toBe(2);
  });

  test("are enough for tunnels and bytes together", () => {
    expect(tasks(1_500, 0)).toBe(3);
    expect(tasks(1_501, 0)).toBe(4);
    expect(tasks(1_500, 100)).toBe(4);
  });

  test("the peak of a month is so many times its average", () => {
    const { megabytesPerSecond, tunnelsPerSecond } = peakLoad(2_628, {
      kilobytesPerTunnel: 100,
      peak: 5,
    });
    expect(megabytesPerSecond).toBeCloseTo(5);
    expect(tunnelsPerSecond).toBeCloseTo(50);
  });

  test("one does at the target what one proxy did, the median of all rounds", () => {
    const samples = [
      sample("http", 1, 900),
      sample("http", 1, 1_000),
      sample("http", 1, 2_000),
      sample("http", 3, 3_000),
      sample("tunnel", 1, 500),
      sample("download", 1, 50),
    ];
    // Half the throughput took 60 % of the CPU.
    const capacity = taskCapacity({ ...readSpeed(), vcpusPerTask: VCPUS, samples }, 75);
    expect(capacity.requestsPerSecond).toBeCloseTo(625);
    expect(capacity.tunnelsPerSecond).toBeCloseTo(312.5);
    expect(capacity.megabytesPerSecond).toBeCloseTo(3.125);
  });
});

describe("rounds", () => {
  test("the median has as many above as below it", () => {
    expect(summary([3, 1, 2])).toEqual({ median: 2, least: 1, most: 3 });
    expect(summary([4, 1, 2, 3])).toEqual({ median: 2.5, least: 1, most: 4 });
  });

  test("are compared each with itself", () => {
    const samples = [
      sample("tunnel", 1, 100),
      sample("tunnel", 2, 200),
      sample("tunnel", 1, 50),
      sample("tunnel", 2, 95),
    ];
    expect(ratios({ samples }, "tunnel", 2)).toEqual({ median: 1.95, least: 1.9, most: 2 });
    expect(over({ samples }, "tunnel", 2, ({ perSecond }) => perSecond).most).toBe(200);
  });
});

describe("one way is cheaper than another", () => {
  const way = (fixed: number, perVpc: number): Alternative => ({
    name: "",
    bill: ({ clientVpcs }) => ({ all: fixed + perVpc * clientVpcs }),
  });
  const demand = { azs: 1, gigabytes: 0 };

  test("from the first number of client VPCs for which it is", () => {
    expect(cheaperFrom(way(100, 1), way(0, 11), demand)).toBe(11);
    expect(cheaperFrom(way(1, 1), way(0, 11), demand)).toBe(1);
  });

  test("never, where it is not for many", () => {
    expect(cheaperFrom(way(0, 11), way(100, 1), demand)).toBeUndefined();
  });

  test("a NAT gateway is for one VPC, this fleet for many", () => {
    const [fleet, natGateway] = alternatives(readSpeed());
    const cost = ({ bill }: Alternative, clientVpcs: number) =>
      total(bill({ clientVpcs, azs: 1, gigabytes: 100 }));
    expect(cost(natGateway!, 1)).toBeLessThan(cost(fleet, 1));
    expect(cost(fleet, 10)).toBeLessThan(cost(natGateway!, 10));
  });
});

test("docs/ has what the numbers make; if not: npm run bench:fleet -- --document", () => {
  for (const { file, current, wanted } of made(readSpeed())) {
    expect([file, current]).toEqual([file, wanted]);
  }
});
