import { FARGATE_CPUS, fargateMemoryMiB } from "../../fleet/proxy/fargate-size";
import { alternatives } from "../../common/user-error";
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
  cpu: oneOfNumbers(FARGATE_CPUS).default(256),
  memoryMiB: integer(512, 122880).default(DEFAULT_MEMORY_MIB),
  cpuArchitecture: oneOf("X86_64", "ARM64").default("X86_64"),
  desiredCount: integer(1, 1000).default(DEFAULT_DESIRED_COUNT),
  minCapacity: integer(1, 1000).default(2),
  maxCapacity: integer(1, 1000).default(10),
  targetCpuPercent: integer(10, 90).default(75),
  scaleInCooldownSeconds: integer(0, 3600).default(300),
  scaleOutCooldownSeconds: integer(0, 3600).default(60),
  onDemandBase: integer(0, 1000).default(0),
  spotWeight: integer(0, 1000).default(0),
  healthCheckGracePeriodSeconds: integer(0, 3600).default(60),
  containerInsights: oneOf("disabled", "enabled", "enhanced").default("disabled"),
  logRetentionDays: oneOfNumbers(LOG_RETENTION_DAYS).default(7),
}).superRefine(({ cpu, memoryMiB, minCapacity, desiredCount, maxCapacity }, context) => {
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
});
