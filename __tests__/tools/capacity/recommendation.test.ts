import { readFileSync } from "node:fs";
import path from "node:path";
import * as bench from "../../../bench/fleet/capacity";
import { PRICES } from "../../../bench/fleet/prices";
import { readSpeed } from "../../../bench/fleet/speed";
import { parseCapacityOptions } from "../../../src/tools/capacity/options";
import { recommend, servesAll } from "../../../src/tools/capacity/recommendation";
import { advice, report } from "../../../src/tools/capacity/report";
import { simulate } from "../../../src/tools/capacity/simulation";
import {
  DOLLARS_PER_GB_HOUR,
  DOLLARS_PER_VCPU_HOUR,
  MEGABYTES_PER_SECOND_AND_VCPU,
  taskCapacity,
  TUNNELS_PER_SECOND_AND_VCPU,
} from "../../../src/tools/capacity/task-size";
import { traces } from "../../../src/tools/capacity/trace";
import { CHECKOUT } from "../../helpers/checkout";

const proxy = {
  cache: "off",
  maxRequestHeadKiB: 16,
  maxReplyHeadKiB: 16,
  receiveBufferKiB: 128,
} as const;

const tracking = {
  minCapacity: 2,
  maxCapacity: 10,
  targetCpuPercent: 75,
  targetFlowsPerTask: 282,
  scaleInCooldownSeconds: 300,
  scaleOutCooldownSeconds: 60,
};

const current = { task: taskCapacity({ cpu: 256, memoryMiB: 512 }, proxy), tracking };

const peak = (tunnels: number) => traces({ tunnels, lifetimeSeconds: 60, megabytesPerSecond: 0 });

test("the figures are those of the benchmark", () => {
  const measured = bench.taskCapacity(readSpeed(), 100);
  expect({
    tunnels: Math.round(measured.tunnelsPerSecond * 4),
    megabytes: Math.round(measured.megabytesPerSecond * 4),
    vcpu: PRICES["Fargate, x86"].dollars,
    memory: PRICES["Fargate memory, x86"].dollars,
  }).toEqual({
    tunnels: TUNNELS_PER_SECOND_AND_VCPU,
    megabytes: MEGABYTES_PER_SECOND_AND_VCPU,
    vcpu: DOLLARS_PER_VCPU_HOUR,
    memory: DOLLARS_PER_GB_HOUR,
  });
});

describe("a recommendation", () => {
  test("serves all that the settings do not", () => {
    const { loads, day } = peak(1_200);
    const all = (plan: typeof current) =>
      loads.every((load) => servesAll(simulate(load, plan.task, plan.tracking)));
    expect(all(current)).toBe(false);
    const plan = recommend({ loads, day, proxy, tracking });
    expect(all(plan!)).toBe(true);
    expect(advice(current, plan, loads, day)).toMatch(
      /^The cheapest that serves all .*\n\n {2}"service": \{ "cpu": 256, "memoryMiB": 1024, /,
    );
  });

  test("is not made where nothing is cheaper", () => {
    const { loads, day } = peak(100);
    const plan = recommend({ loads, day, proxy, tracking });
    expect(advice(current, plan, loads, day)).toMatch(/^These settings serve all .* nothing/);
  });

  test("is not made where nothing is enough", () => {
    const { loads, day } = peak(1_000_000);
    const plan = recommend({ loads, day, proxy, tracking });
    expect(plan).toBeUndefined();
    expect(advice(current, plan, loads, day)).toContain("split the load between fleets");
  });
});

test("the page shows what the command prints", () => {
  const { loads, day } = peak(1_200);
  const plan = recommend({ loads, day, proxy, tracking });
  const page = readFileSync(path.join(CHECKOUT, "docs/capacity.md"), "utf8");
  expect(page).toContain(report(current, loads));
  expect(page).toContain(advice(current, plan, loads, day));
});

describe("the options", () => {
  test("have defaults, but for the peak", () => {
    expect(parseCapacityOptions(["--peak-tunnels", "1200"])).toEqual({
      tunnels: 1_200,
      lifetimeSeconds: 60,
      megabytesPerSecond: 0,
    });
    expect(parseCapacityOptions([])).toEqual({
      mistakes: ["--peak-tunnels is missing.", expect.stringMatching(/^Type: /)],
    });
  });

  test("are all checked at once", () => {
    const args = ["--peak-tunnels=-1", "--tunnel-seconds", "1e9", "--foo", "bar"];
    expect(parseCapacityOptions([...args, "--megabytes-per-second"])).toEqual({
      mistakes: [
        '"--foo" is no option.',
        '"bar" is no option.',
        "--megabytes-per-second takes a value.",
        '--peak-tunnels is "-1". Allowed: a number from 1 to 1000000.',
        '--tunnel-seconds is "1e9". Allowed: a number from 1 to 86400.',
        expect.stringMatching(/^Type: npm run capacity -- /),
      ],
    });
  });
});
