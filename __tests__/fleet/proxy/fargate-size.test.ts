import { FARGATE_CPUS, fargateMemoryMiB } from "../../../src/fleet/proxy/fargate-size";

test.each([
  [256, [512, 1024, 2048]],
  [512, [1024, 2048, 3072, 4096]],
])("with %i CPU units Fargate offers %j MiB", (cpu, memories) => {
  expect(fargateMemoryMiB(cpu)).toEqual(memories);
});

test.each([
  [1024, 2048, 8192],
  [2048, 4096, 16384],
  [4096, 8192, 30720],
  [8192, 16384, 61440],
  [16384, 32768, 122880],
])("with %i CPU units Fargate offers %i to %i MiB", (cpu, least, most) => {
  expect(fargateMemoryMiB(cpu)[0]).toBe(least);
  expect(fargateMemoryMiB(cpu).at(-1)).toBe(most);
});

test("a CPU size that does not exist has no memory", () => {
  expect(fargateMemoryMiB(300)).toEqual([]);
  expect(FARGATE_CPUS).not.toContain(300);
});
