import fc from "fast-check";
import { FARGATE_CPUS, fargateMemoryMiB } from "../../src/proxy/fargate-size";
import { squidMemory } from "../../src/proxy/squid-memory";

/** The sizes of a task that Fargate offers, in MiB, each once, the smallest first. */
const SIZES = [...new Set(FARGATE_CPUS.flatMap(fargateMemoryMiB))].sort((a, b) => a - b);

const size = fc.constantFrom(...SIZES);
const sniCheck = fc.constantFrom("off" as const, "on" as const);

/** The most that Squid was seen to take, in MiB: with a full `cache_mem` of 256, 515 altogether. */
function worstCaseMiB(memoryMiB: number, check: "off" | "on"): number {
  const { cacheMemMiB, maxFiledescriptors } = squidMemory(memoryMiB, check);
  const idle = 45;
  const cache = cacheMemMiB * ((515 - idle) / 256);
  const tunnels = ((maxFiledescriptors / 2) * (check === "on" ? 180 : 160)) / 1024;
  return idle + cache + tunnels;
}

test("the smallest task has a cache of 64 MiB and room for 1,739 tunnels", () => {
  expect(squidMemory(512, "off")).toEqual({ cacheMemMiB: 64, maxFiledescriptors: 3_478 });
});

test("the SNI check, which costs memory, leaves room for fewer", () => {
  expect(squidMemory(512, "on")).toEqual({ cacheMemMiB: 64, maxFiledescriptors: 3_092 });
});

test("a full cache and all tunnels fit in every task, with 15 percent to spare", () => {
  fc.assert(
    fc.property(size, sniCheck, (memoryMiB, check) => {
      expect(worstCaseMiB(memoryMiB, check)).toBeLessThanOrEqual(0.85 * memoryMiB);
    }),
  );
});

test("a larger task has no smaller cache and room for no fewer tunnels", () => {
  fc.assert(
    fc.property(size, size, sniCheck, (one, other, check) => {
      const [smaller, larger] = [one, other]
        .sort((a, b) => a - b)
        .map((s) => squidMemory(s, check));
      expect(larger!.cacheMemMiB).toBeGreaterThanOrEqual(smaller!.cacheMemMiB);
      expect(larger!.maxFiledescriptors).toBeGreaterThanOrEqual(smaller!.maxFiledescriptors);
    }),
  );
});

test("the numbers are whole, and Fargate grants that many files", () => {
  fc.assert(
    fc.property(size, sniCheck, (memoryMiB, check) => {
      const { cacheMemMiB, maxFiledescriptors } = squidMemory(memoryMiB, check);
      expect(Number.isInteger(cacheMemMiB)).toBe(true);
      expect(Number.isInteger(maxFiledescriptors)).toBe(true);
      expect(maxFiledescriptors).toBeGreaterThan(3_000);
      expect(maxFiledescriptors).toBeLessThanOrEqual(65_535);
    }),
  );
});
