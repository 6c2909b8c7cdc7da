import { once } from "node:events";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { CONTROL_PORT, type Order, type Tally } from "./flood";

/** Has the attacker at this address begin; what it returns has it end, and tells what became of it. */
export async function order(attacker: string, what: Order): Promise<() => Promise<Tally>> {
  const control = connect(CONTROL_PORT, attacker);
  await once(control, "connect");
  control.write(`${JSON.stringify(what)}\n`);
  return async () => {
    control.end();
    return JSON.parse(await text(control)) as Tally;
  };
}
