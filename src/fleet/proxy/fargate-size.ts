const range = (from: number, to: number, step: number): number[] =>
  Array.from({ length: (to - from) / step + 1 }, (_, index) => from + index * step);

/**
 * The memory sizes in MiB that Fargate offers for each size in CPU units (1024 are one vCPU).
 * Source: "Fargate task definition parameters", Amazon ECS developer guide.
 */
const MEMORY_BY_CPU: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [512, 1024, 2048]],
  [512, range(1024, 4096, 1024)],
  [1024, range(2048, 8192, 1024)],
  [2048, range(4096, 16384, 1024)],
  [4096, range(8192, 30720, 1024)],
  [8192, range(16384, 61440, 4096)],
  [16384, range(32768, 122880, 8192)],
]);

/** The task sizes that Fargate offers, in CPU units. */
export const FARGATE_CPUS: readonly number[] = [...MEMORY_BY_CPU.keys()];

/** The memory sizes in MiB that go with a CPU size; none for a size that does not exist. */
export function fargateMemoryMiB(cpu: number): readonly number[] {
  return MEMORY_BY_CPU.get(cpu) ?? [];
}
