import { alternatives } from "../../common/user-error";
import { FARGATE_CPUS, fargateMemoryMiB } from "../../fleet/proxy/fargate-size";
import { group, integer, oneOf, oneOfNumbers } from "./checks";
import { reject } from "./mistakes";

/** The retention periods CloudWatch Logs knows, in days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

const DEFAULT_MEMORY_MIB = 512;
const DEFAULT_DESIRED_COUNT = 3;

export const service = group({
  cpu: oneOfNumbers(FARGATE_CPUS)
    .default(256)
    .describe(
      "A task's CPU units; 1024 are one vCPU. Above, a task runs [a Squid for each](proxy.md#several-vcpus)",
    ),
  memoryMiB: integer(512, 122880)
    .default(DEFAULT_MEMORY_MIB)
    .describe("A task's memory in MiB; Fargate offers certain sizes for each `cpu`"),
  cpuArchitecture: oneOf("X86_64", "ARM64")
    .default("X86_64")
    .describe(
      '`"X86_64"`, or `"ARM64"`, cheaper where the region has it. The image is built for it',
    ),
  desiredCount: integer(1, 1000)
    .default(DEFAULT_DESIRED_COUNT)
    .describe("Tasks at the start; later auto scaling decides"),
  minCapacity: integer(1, 1000).default(2).describe("The fewest tasks"),
  maxCapacity: integer(1, 1000).default(10).describe("The most tasks"),
  targetCpuPercent: integer(10, 90)
    .default(75)
    .describe("The average CPU utilisation that auto scaling keeps, in percent"),
  targetFlowsPerTask: integer(1, 250_000)
    .optional()
    .meta({
      description:
        "How many connections auto scaling keeps [for each task](proxy.md#tasks-come-and-go): six tenths of those " +
        "that fit, 282 with 512 MiB",
      byDefault: "from the memory",
    }),
  scaleInCooldownSeconds: integer(0, 3600)
    .default(300)
    .describe("The pause after removing tasks, in seconds"),
  scaleOutCooldownSeconds: integer(0, 3600)
    .default(60)
    .describe("The pause after adding tasks, in seconds"),
  onDemandBase: integer(0, 1000)
    .default(0)
    .describe("Tasks that run on demand before any runs on Spot; matters only with a `spotWeight`"),
  spotWeight: integer(0, 1000)
    .default(0)
    .describe("Above the base, tasks on Fargate Spot for each one on demand"),
  healthCheckGracePeriodSeconds: integer(0, 3600)
    .default(60)
    .describe("How long a new task may fail health checks, in seconds"),
  containerInsights: oneOf("disabled", "enabled", "enhanced")
    .default("disabled")
    .describe(
      'CloudWatch Container Insights: `"disabled"`, or at a cost `"enabled"`, or `"enhanced"`, with metrics per task',
    ),
  logRetentionDays: oneOfNumbers(LOG_RETENTION_DAYS)
    .default(7)
    .describe("How long CloudWatch keeps the access log, in days"),
})
  .superRefine(({ cpu, memoryMiB, minCapacity, desiredCount, maxCapacity }, context) => {
    const memories = fargateMemoryMiB(cpu);
    if (memories.length > 0 && !memories.includes(memoryMiB)) {
      const allowed = `with cpu ${cpu}: ${alternatives(memories)}; the default is ${DEFAULT_MEMORY_MIB}`;
      reject(context, ["memoryMiB"], memoryMiB, allowed);
    }
    if (minCapacity > maxCapacity) {
      reject(context, ["minCapacity"], minCapacity, `at most maxCapacity, which is ${maxCapacity}`);
    } else if (desiredCount < minCapacity || desiredCount > maxCapacity) {
      const between = `from minCapacity to maxCapacity, which are ${minCapacity} and ${maxCapacity}`;
      const allowed = `${between}; the default is ${DEFAULT_DESIRED_COUNT}`;
      reject(context, ["desiredCount"], desiredCount, allowed);
    }
  })
  .describe("The proxies: ECS tasks on Fargate, and how many of them run");
