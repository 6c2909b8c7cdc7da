import { isIP } from "node:net";
import { readOptions } from "../../common/read-options";
import { alternatives } from "../../common/user-error";
import { DENIED } from "../../fleet/monitoring/log-metrics";
import { parseSpan, type Span, wrongSpan } from "./span";

export const USAGE = "npm run logs -- [--since 15m] [--client <name>] [--denied] [--follow]";

const OPTIONS = {
  since: { type: "string", default: "15m" },
  client: { type: "string" },
  denied: { type: "boolean" },
  follow: { type: "boolean" },
} as const;

/** Which lines of the log are wanted. */
export interface LogOptions {
  readonly since: Span;
  /** In the language of CloudWatch's filters; undefined for all lines. */
  readonly filterPattern: string | undefined;
  readonly follow: boolean;
}

/**
 * What the arguments of {@link USAGE} ask for, or what is wrong with them, a line each.
 *
 * @param names what clients and consumers are called.
 */
export function parseLogOptions(
  args: readonly string[],
  names: readonly string[],
): LogOptions | { readonly mistakes: readonly string[] } {
  const { values, mistakes } = readOptions(args, OPTIONS);
  if (mistakes.length > 0) mistakes.push(`Type: ${USAGE}`);
  const { client } = values;
  if (client !== undefined && isIP(client) === 0 && !names.includes(client)) {
    const known = names.length === 0 ? "" : `${alternatives(names)}, or `;
    mistakes.push(
      `--client is ${JSON.stringify(client)}. Known are ${known}the address of any client.`,
    );
  }
  const { since } = values;
  const span = since === undefined ? undefined : parseSpan(since);
  if (since !== undefined && span === undefined) mistakes.push(wrongSpan(since));
  if (mistakes.length > 0 || span === undefined) return { mistakes };
  return {
    since: span,
    filterPattern: filterPattern(client, values.denied === true),
    follow: values.follow === true,
  };
}

/**
 * Source: "Filter pattern syntax", compound expressions of JSON, Amazon CloudWatch Logs User Guide. No
 * name and no address has a quotation mark, or a wildcard.
 */
function filterPattern(client: string | undefined, denied: boolean): string | undefined {
  const conditions = [
    ...(client === undefined
      ? []
      : [`$.${isIP(client) === 0 ? "consumer" : "client"} = "${client}"`]),
    ...(denied ? [DENIED] : []),
  ];
  if (conditions.length === 0) return undefined;
  return `{ ${conditions.map((condition) => `(${condition})`).join(" && ")} }`;
}
