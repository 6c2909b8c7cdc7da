import { readFileSync } from "node:fs";
import path from "node:path";
import { parseNetwork } from "../../src/common/addresses";
import {
  guardedNetwork,
  INTERNAL_NETWORKS,
  PRIVATE_NETWORKS,
} from "../../src/common/guarded-networks";
import { CHECKOUT } from "../helpers/checkout";

const read = (file: string) => readFileSync(path.join(CHECKOUT, "squid", file), "utf8");

test("the internal networks are those that Squid refuses", () => {
  const lines = [...read("squid.conf").matchAll(/^acl internal dst (.*)$/gm)];
  expect(lines.flatMap(([, networks]) => networks!.split(" "))).toEqual([...INTERNAL_NETWORKS]);
});

test("the private networks are those that the entrypoint closes", () => {
  const [, networks] = /^readonly private_networks=\((.*)\)$/m.exec(read("entrypoint"))!;
  expect(networks!.split(" ").sort()).toEqual([...PRIVATE_NETWORKS].sort());
});

test.each([
  ["8.8.8.8", undefined],
  ["198.51.100.0/24", undefined],
  ["169.254.169.254", "169.254.0.0/16"],
  ["10.0.0.0/7", undefined],
  ["10.8.0.1", "10.0.0.0/8"],
  ["10.9.0.0/24", undefined],
  ["10.8.0.0/15", "10.0.0.0/8"],
  ["2606:4700::/32", undefined],
  ["64:ff9b::7f00:1", "64:ff9b::/96"],
])("with 10.9.0.0/16 open, %s is in %s", (network, guarded) => {
  expect(guardedNetwork(parseNetwork(network)!, ["10.9.0.0/16"])).toBe(guarded);
});
