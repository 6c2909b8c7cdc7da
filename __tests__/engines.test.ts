import { readFileSync } from "node:fs";
import path from "node:path";
import { minVersion, satisfies } from "semver";
import { CHECKOUT } from "./helpers/checkout";

const read = (file: string) => readFileSync(path.join(CHECKOUT, file), "utf8");

const { engines } = JSON.parse(read("package.json")) as { engines: { node: string } };
const lock = JSON.parse(read("package-lock.json")) as {
  packages: Record<string, { engines?: { node?: string }; hasInstallScript?: true }>;
};

/** The versions of Node that `.ci/run` tries, as the oldest release of each that it may get. */
const tried = /^readonly nodes=\((.*)\)$/m
  .exec(read(".ci/run"))![1]!
  .split(" ")
  .map((pair) => minVersion(pair.split(":")[0]!)!);

const ranges = engines.node.split(" || ");

test("CI tries the oldest Node that engines admits, one of each range and the one of .nvmrc", () => {
  expect(tried).toContainEqual(minVersion(engines.node));
  const majors = ranges.map((range) => minVersion(range)!.major);
  expect(tried.map(({ major }) => major)).toEqual(
    expect.arrayContaining([...majors, Number(read(".nvmrc"))]),
  );
});

test.each(ranges)("every package admits %s", (range) => {
  const admitted = minVersion(range)!;
  const refusing = Object.entries(lock.packages).filter(
    ([, { engines: { node = "*" } = {} }]) => !satisfies(admitted, node),
  );
  expect(refusing.map(([name]) => name)).toEqual([]);
});

test("no package has an install script that is not decided on", () => {
  const { allowScripts } = JSON.parse(read("package.json")) as {
    allowScripts: Record<string, boolean>;
  };
  const scripted = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript)
    .map(([name]) => name.replace(/^.*node_modules\//, ""));
  expect([...new Set(scripted)].sort()).toEqual(Object.keys(allowScripts).sort());
});
