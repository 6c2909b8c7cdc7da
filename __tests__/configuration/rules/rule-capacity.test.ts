import { readFileSync } from "node:fs";
import path from "node:path";
import {
  MOST_OBJECTS_MIB,
  mostObjectBytes,
  ruleCapacityMistake,
} from "../../../src/configuration/rules/rule-capacity";
import type { RuleSet } from "../../../src/fleet/rules/rule-set";
import { CHECKOUT } from "../../helpers/checkout";

/** A set that takes 40 bytes for each of its rules. */
function setOf(rules: number): RuleSet {
  const allowed = Array.from({ length: rules }, (_, index) => {
    return {
      text: `host-${String(index).padStart(9, "0")}.some-domain.example`,
      file: "",
      line: 1,
    };
  });
  return { name: "default", domainFilter: "enforce", allowed, denied: [] };
}

test("as many rules as a task's memory holds are taken", () => {
  expect(ruleCapacityMistake([setOf(160_000)], 512)).toBeUndefined();
  expect(ruleCapacityMistake([setOf(100_000), setOf(60_000)], 512)).toBeUndefined();
  expect(ruleCapacityMistake([setOf(320_000)], 1024)).toBeUndefined();
});

test("too many name the task that would hold them, and how many this one does", () => {
  expect(ruleCapacityMistake([setOf(100_000), setOf(100_000)], 512)).toBe(
    "rules: all sets together have 200,000 rules, those of their bundles among them. A task with " +
      "service.memoryMiB 512 has the memory for about 163,000 of such lengths. Set service.memoryMiB to " +
      "1024, or shorten the lists, or have a name with its subdomains where many below it are listed.",
  );
  expect(ruleCapacityMistake([setOf(400_000)], 1024)).toContain("Set service.memoryMiB to 2048");
});

test("a million are too many for any task", () => {
  expect(ruleCapacityMistake([setOf(1_000_000)], 30_720)).toContain("No task holds as many");
});

test("no proxy refuses what is taken here", () => {
  const fetcher = readFileSync(path.join(CHECKOUT, "squid/rules/fetcher.c"), "utf8");
  expect(fetcher).toContain(`OBJECTS_BYTES = ${MOST_OBJECTS_MIB} << 20,`);
  expect(mostObjectBytes(120_000)).toBe(MOST_OBJECTS_MIB << 20);
});
