import fc from "fast-check";
import {
  listCapacityMistake,
  type TaskProps,
} from "../../../src/configuration/domain-lists/domain-list-capacity";
import { FARGATE_CPUS, fargateMemoryMiB } from "../../../src/fleet/proxy/fargate-size";

const DEFAULTS: TaskProps = { cpu: 256, memoryMiB: 512, sniCheck: "off" };

/** The mistake of so many domains of 20 characters, or of others. */
const mistake = (domains: number, task: Partial<TaskProps> = {}, length = 20) =>
  listCapacityMistake({ domains, characters: domains * length }, { ...DEFAULTS, ...task });

test("the message has what was given, how many fit and what to do", () => {
  expect(mistake(1_000_000)).toBe(
    "the domain lists have 1,000,000 domains together. A task with service.cpu 256 and service.memoryMiB 512 reads " +
      "them as it starts, and has the time and the memory for about 300,000. Set service.cpu to 1024 and " +
      "service.memoryMiB to 2048, or shorten the lists.",
  );
});

test.each<[string, number, number, Partial<TaskProps>]>([
  ["the default size", 300_000, 20, {}],
  ["twice the CPU", 600_000, 20, { cpu: 512, memoryMiB: 1024 }],
  ["one vCPU", 1_200_000, 20, { cpu: 1024, memoryMiB: 2048 }],
  ["more than the vCPU that Squid uses", 1_200_000, 20, { cpu: 4096, memoryMiB: 8192 }],
  ["the SNI check, which reads them twice", 150_000, 20, { sniCheck: "on" }],
  ["long names, which the memory bounds", 84_000, 253, {}],
  ["both", 42_000, 253, { sniCheck: "on" }],
])("%s has room for %d domains of %d characters and no more", (_, most, length, task) => {
  expect(mistake(most, task, length)).toBeUndefined();
  const about = `for about ${most.toLocaleString("en-US")}.`;
  expect(mistake(most + 1000, task, length)).toContain(about);
});

test("no domain, and a task size that is none, are no mistake of the lists", () => {
  expect(mistake(0)).toBeUndefined();
});

test("what no size reads is said so", () => {
  expect(mistake(1_300_000)).toMatch(/No task size reads as many: shorten the lists\.$/);
});

test("the size that a message names has room, and is one of Fargate's", () => {
  const sizes = FARGATE_CPUS.flatMap((cpu) =>
    fargateMemoryMiB(cpu).map((memoryMiB) => ({ cpu, memoryMiB })),
  );
  const [size, sniCheck] = [
    fc.constantFrom(...sizes),
    fc.constantFrom("off" as const, "on" as const),
  ];
  const many = fc.integer({ min: 0, max: 1_500_000 });
  fc.assert(
    fc.property(
      many,
      fc.integer({ min: 3, max: 253 }),
      size,
      sniCheck,
      (domains, length, task, check) => {
        const message = mistake(domains, { ...task, sniCheck: check }, length) ?? "";
        const named = /cpu to (\d+) and service\.memoryMiB to (\d+)/.exec(message);
        if (!named) return;
        const larger = { cpu: Number(named[1]), memoryMiB: Number(named[2]) };
        expect(sizes).toContainEqual(larger);
        expect(mistake(domains, { ...larger, sniCheck: check }, length)).toBeUndefined();
      },
    ),
  );
});
