/**
 * `npm run fuzz -- --minutes 30 --seed 7`: what fuzz.test.ts does, for longer and with other inputs.
 * Without a seed it takes one at random, and says which.
 */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";
import { Lab } from "../../helpers/lab";
import { CASES } from "./cases";
import { fuzz } from "./fuzz";

const USAGE = "npm run fuzz -- [--minutes <1 to 1440>] [--seed <whole number>]";

async function main(): Promise<void> {
  const { minutes, seed } = parse();
  process.stdout.write(`seed ${seed}, ${minutes} minutes\n`);
  const lab = new Lab();
  try {
    await lab.start();
    const sent = await fuzz(lab, { seed, minutes, cases: CASES });
    process.stdout.write(`${sent} inputs, and the proxies are well\n`);
  } finally {
    await lab.remove();
  }
}

function parse(): { minutes: number; seed: number } {
  const options = { minutes: { type: "string" }, seed: { type: "string" } } as const;
  const { values } = parseArgs({ options });
  const minutes = Number(values.minutes ?? 10);
  const seed = Number(values.seed ?? randomInt(2 ** 31));
  if (!(minutes >= 1 && minutes <= 1_440)) {
    throw new Error(
      `--minutes is "${values.minutes}" and must be a number from 1 to 1440. ${USAGE}`,
    );
  }
  if (!Number.isInteger(seed)) {
    throw new Error(`--seed is "${values.seed}" and must be a whole number. ${USAGE}`);
  }
  return { minutes, seed };
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
