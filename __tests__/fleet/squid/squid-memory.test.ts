import fc from "fast-check";
import { FARGATE_CPUS, fargateMemoryMiB } from "../../../src/fleet/proxy/fargate-size";
import {
  squidCount,
  squidMemory,
  type SquidMemoryProps,
} from "../../../src/fleet/squid/squid-memory";

/** The sizes of a task that Fargate offers, in MiB, each once, the smallest first. */
const SIZES = [...new Set(FARGATE_CPUS.flatMap(fargateMemoryMiB))].sort((a, b) => a - b);

const SMALLEST: SquidMemoryProps = {
  memoryMiB: 512,
  cache: "off",
  maxRequestHeadKiB: 16,
  maxReplyHeadKiB: 16,
  receiveBufferKiB: 128,
};

const size = fc.constantFrom(...SIZES);
const head = fc.integer({ min: 4, max: 64 });
const limits = {
  cache: fc.constantFrom("off" as const, "shared" as const),
  maxRequestHeadKiB: head,
  maxReplyHeadKiB: head,
  receiveBufferKiB: fc.integer({ min: 16, max: 512 }),
};
const task: fc.Arbitrary<SquidMemoryProps> = fc.record({ memoryMiB: size, ...limits });

/** What Squid was seen to take of KiB, for heads of so many KiB, with as many fields as they may have. */
const SEEN = [
  { head: 4, tunnel: 143, plainHttp: 157 },
  { head: 16, tunnel: 208, plainHttp: 381 },
  { head: 64, tunnel: 302, plainHttp: 802 },
];

/** What the kernel was seen to take for a tunnel that is blocked both ways, with buffers of 128 KiB. */
const SEEN_KERNEL_KIB = 401;

test("the smallest task has room for 470 connections, of which a client gets 42", () => {
  expect(squidMemory(SMALLEST)).toEqual({
    cacheMemMiB: 0,
    maxConnections: 470,
    maxConnectionsPerClient: 42,
    maxFiledescriptors: 2_380,
  });
});

test.each([
  [{ cache: "shared" }, { cacheMemMiB: 64, maxConnections: 327 }],
  [{ memoryMiB: 1024 }, { maxConnections: 994, maxConnectionsPerClient: 90 }],
  [{ maxConnectionsPerClient: 200 }, { maxConnections: 470, maxConnectionsPerClient: 200 }],
] as const)("with %j it is another number", (props, expected) => {
  expect(squidMemory({ ...SMALLEST, ...props })).toMatchObject(expected);
});

test("several Squids share a task's memory, and each has descriptors for its part", () => {
  const two = squidMemory({ ...SMALLEST, cpu: 2048, memoryMiB: 4096 });
  expect(two).toEqual({
    cacheMemMiB: 0,
    maxConnections: 4_084,
    maxConnectionsPerClient: 371,
    maxFiledescriptors: 8_668,
  });
  expect(squidMemory({ ...SMALLEST, cpu: 1024, memoryMiB: 4096 }).maxConnections).toBeGreaterThan(
    two.maxConnections,
  );
});

test.each([
  [256, 1],
  [1024, 1],
  [2048, 2],
  [16_384, 16],
])("with %i CPU units there are %i Squids", (cpu, count) => {
  expect(squidCount(cpu)).toBe(count);
});

test.each(SEEN)("what was seen with heads of $head KiB fits", ({ head, tunnel, plainHttp }) => {
  const eachKiB = Math.max(tunnel, plainHttp) + SEEN_KERNEL_KIB;
  fc.assert(
    fc.property(size, limits.cache, (memoryMiB, cache) => {
      const heads = { maxRequestHeadKiB: head, maxReplyHeadKiB: head };
      const { cacheMemMiB, maxConnections } = squidMemory({
        ...SMALLEST,
        ...heads,
        memoryMiB,
        cache,
      });
      // With a full `cache_mem` of 256, Squid was seen to take 515 altogether.
      const full = 45 + cacheMemMiB * ((515 - 45) / 256) + (maxConnections * eachKiB) / 1024;
      expect(full).toBeLessThanOrEqual(0.85 * memoryMiB);
    }),
  );
});

test("ten clients may have all that they get, and there is room for another", () => {
  fc.assert(
    fc.property(task, (props) => {
      const { maxConnections, maxConnectionsPerClient } = squidMemory(props);
      expect(11 * maxConnectionsPerClient).toBeLessThanOrEqual(maxConnections);
      expect(maxConnectionsPerClient).toBeGreaterThan(4);
    }),
  );
});

test("a larger task has no smaller cache and room for no fewer connections", () => {
  fc.assert(
    fc.property(size, size, fc.record(limits), (one, other, props) => {
      const [smaller, larger] = [one, other]
        .sort((a, b) => a - b)
        .map((memoryMiB) => squidMemory({ memoryMiB, ...props }));
      expect(larger!.cacheMemMiB).toBeGreaterThanOrEqual(smaller!.cacheMemMiB);
      expect(larger!.maxConnections).toBeGreaterThanOrEqual(smaller!.maxConnections);
    }),
  );
});

test("the numbers are whole, and Fargate grants that many files", () => {
  fc.assert(
    fc.property(task, (props) => {
      const memory = squidMemory(props);
      expect(Object.values(memory).every(Number.isInteger)).toBe(true);
      expect(memory.maxFiledescriptors).toBeGreaterThan(2 * memory.maxConnections);
      expect(memory.maxFiledescriptors).toBeLessThanOrEqual(65_535);
    }),
  );
});
