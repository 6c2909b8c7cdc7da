import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PROJECT_ROOT } from "../src/common/project-root";

/**
 * How long synthesis takes, as ratios of commands run in turn: the machine's speed drifts, what two
 * commands side by side have in common does not. `npm run bench:synth [-- <rounds>]`.
 */

const ROUNDS = Number(process.argv[2] ?? 7);
const out = mkdtempSync(path.join(tmpdir(), "bench-synth-"));

const APP = "node --require sucrase/register/ts main.ts";
/** As in CDKTF's TypeScript template, with the type check it includes. */
const TEMPLATE_APP = "npx ts-node main.ts";

const commands = {
  "bare require": `node -e 'require("cdktf")'`,
  app: APP,
  "app, template's way": TEMPLATE_APP,
  "cdktf synth": `npx cdktf synth --app "${APP}" --output ${out}/ours`,
  "cdktf synth, template's way": `npx cdktf synth --app "${TEMPLATE_APP}" --output ${out}/template`,
};

type Name = keyof typeof commands;

function seconds(name: Name): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(commands[name], {
    cwd: PROJECT_ROOT,
    shell: true,
    encoding: "utf8",
    env: { ...process.env, CDKTF_OUTDIR: path.join(out, "app"), CHECKPOINT_DISABLE: "1" },
  });
  if (status !== 0) throw new Error(`${commands[name]} failed:\n${stderr}`);
  return (performance.now() - start) / 1000;
}

function median(values: number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)]!;
}

function main(): void {
  const names = Object.keys(commands) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = -1; round < ROUNDS; round++) {
    for (const name of names) {
      const time = seconds(name);
      // The first round only warms the caches.
      if (round >= 0) times[name].push(time);
    }
  }
  for (const name of names) {
    const [least, most] = [Math.min(...times[name]), Math.max(...times[name])];
    const range = `${least.toFixed(2)} to ${most.toFixed(2)}`;
    console.log(`${name.padEnd(28)} median ${median(times[name]).toFixed(2)} s (${range})`);
  }
  const ratio = (name: Name, base: Name) => {
    const ratios = times[name].map((time, round) => time / times[base][round]!);
    console.log(`${name} / ${base}: median of the pairs ${median(ratios).toFixed(2)}`);
  };
  ratio("app", "bare require");
  ratio("app, template's way", "app");
  ratio("cdktf synth, template's way", "cdktf synth");
}

try {
  main();
} finally {
  rmSync(out, { recursive: true, force: true });
}
