/**
 * The hostile client: a program with an address of its own. Whoever connects to its port names an
 * attack and its target in a line of JSON; it goes on until that side ends, and tells then, in another
 * line, what became of it.
 */
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { ATTACKS } from "./attacks";
import { CONTROL_PORT, flood, type Order } from "./flood";
import { HOLDINGS } from "./holdings";

const server = createServer({ allowHalfOpen: true }, (control) => {
  const end = new AbortController();
  control.on("error", () => end.abort());
  const lines = createInterface(control);
  lines.once("close", () => end.abort());
  lines.once("line", (line) => {
    const { attack, target, ...more } = JSON.parse(line) as Order;
    const spec = { ...ATTACKS, ...HOLDINGS }[attack]!;
    void flood({ ...spec, ...more }, target, end.signal).then((tally) => {
      control.end(`${JSON.stringify(tally)}\n`);
    });
  });
});

// A container's first process gets no signal that it does not ask for.
process.on("SIGTERM", () => process.exit());

server.listen(CONTROL_PORT, () => process.stdout.write('{"event":"listening"}\n'));
