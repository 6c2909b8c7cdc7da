import fc from "fast-check";
import { FARGATE_CPUS, fargateMemoryMiB } from "../../src/proxy/fargate-size";
import { squidMemory } from "../../src/proxy/squid-memory";

/** The sizes of a task that Fargate offers, in MiB, each once, the smallest first. */
const SIZES = [...new Set(FARGATE_CPUS.flatMap(fargateMemoryMiB))].sort((a, b) => a - b);

const size = fc.constantFrom(...SIZES);
const sniCheck = fc.constantFrom("off" as const, "on" as const);
const cache = fc.constantFrom("off" as const, "shared" as const);

/** The most that Squid was seen to take, in MiB: with a full `cache_mem` of 256, 515 altogether. */
function worstCaseMiB(...[memoryMiB, check, cache]: Parameters<typeof squidMemory>): number {
  const { cacheMemMiB, maxFiledescriptors } = squidMemory(memoryMiB, check, cache);
  const idle = 45;
  const full = cacheMemMiB * ((515 - idle) / 256);
  const tunnels = ((maxFiledescriptors / 2) * (check === "on" ? 180 : 160)) / 1024;
  return idle + full + tunnels;
}

test("the smallest task has room for 2,497 tunnels", () => {
  expect(squidMemory(512, "off", "off")).toEqual({ cacheMemMiB: 0, maxFiledescriptors: 4_994 });
});

test.each([
  ["on", "off", { cacheMemMiB: 0, maxFiledescriptors: 4_438 }],
  ["off", "shared", { cacheMemMiB: 64, maxFiledescriptors: 3_478 }],
  ["on", "shared", { cacheMemMiB: 64, maxFiledescriptors: 3_092 }],
] as const)("with SNI check %s and cache %s, for fewer", (check, cache, expected) => {
  expect(squidMemory(512, check, cache)).toEqual(expected);
});

test("a full cache and all tunnels fit in every task, with 15 percent to spare", () => {
  fc.assert(
    fc.property(size, sniCheck, cache, (memoryMiB, check, cache) => {
      expect(worstCaseMiB(memoryMiB, check, cache)).toBeLessThanOrEqual(0.85 * memoryMiB);
    }),
  );
});

test("a larger task has no smaller cache and room for no fewer tunnels", () => {
  fc.assert(
    fc.property(size, size, sniCheck, cache, (one, other, check, cache) => {
      const [smaller, larger] = [one, other]
        .sort((a, b) => a - b)
        .map((s) => squidMemory(s, check, cache));
      expect(larger!.cacheMemMiB).toBeGreaterThanOrEqual(smaller!.cacheMemMiB);
      expect(larger!.maxFiledescriptors).toBeGreaterThanOrEqual(smaller!.maxFiledescriptors);
    }),
  );
});

test("the numbers are whole, and Fargate grants that many files", () => {
  fc.assert(
    fc.property(size, sniCheck, cache, (memoryMiB, check, cache) => {
      const { cacheMemMiB, maxFiledescriptors } = squidMemory(memoryMiB, check, cache);
      expect(Number.isInteger(cacheMemMiB)).toBe(true);
      expect(Number.isInteger(maxFiledescriptors)).toBe(true);
      expect(maxFiledescriptors).toBeGreaterThan(3_000);
      expect(maxFiledescriptors).toBeLessThanOrEqual(65_535);
    }),
  );
});
