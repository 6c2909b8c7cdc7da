import { readFileSync } from "node:fs";

/** The kernel's ticks, which are 100 a second wherever Docker runs. Source: proc_stat(5), USER_HZ. */
const TICKS_PER_SECOND = 100;

/** The CPU time that the machine has spent so far on anything, on all its cores together. */
export function machineCpuSeconds(): number {
  const [user, nice, system, , , interrupt, softInterrupt] = readFileSync("/proc/stat", "utf8")
    .split("\n")[0]!
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user! + nice! + system! + interrupt! + softInterrupt!) / TICKS_PER_SECOND;
}
