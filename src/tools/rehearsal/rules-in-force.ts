import type { LogLine, RulesEvent } from "../logs/log-line";
import { runDocker } from "./docker";
import type { Proxy } from "./service";

/** A little more than the hour after which a proxy says again which rules it has. */
const SINCE = "61m";

/** Which rules a proxy has, as it has said in its log last; nothing where it has none. */
export async function rulesInForce(
  proxy: Pick<Proxy, "container">,
): Promise<RulesEvent | undefined> {
  const lines = await ruleEvents(proxy, SINCE);
  return lines.findLast((line) => line.event === "rules");
}

/** What a proxy has said of its rules, since then: a time, or how long ago (`61m`). */
export async function ruleEvents({ container }: Pick<Proxy, "container">, since: string) {
  const { stdout } = await runDocker(["logs", "--since", since, container], "");
  return stdout
    .split("\n")
    .filter((line) => line.includes('"event":"rules'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line.event === "rules" || line.event === "rules-rejected");
}
