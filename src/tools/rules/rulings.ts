import { networkOf, numericHost } from "../../common/addresses";
import { guardedNetwork, PRIVATE_NETWORKS } from "../../common/guarded-networks";
import { ruleUsers, type RuleUser } from "../../configuration/rules/rule-users";
import { asInSquid, judgeOf, type ClientVerdict } from "../../configuration/rules/verdict";
import type { Settings } from "../../configuration/settings";
import type { Rules } from "../../fleet/rules/rule-set";
import type { LoggedRequests } from "../logs/access-log";

/** The rules and settings of a checkout, and the region that `{region}` stands for. */
export interface CheckoutRules {
  readonly settings: Settings;
  readonly rules: Rules;
  readonly region: string;
}

/** Of a request, what the proxies' rules look at. */
export type Asked = Pick<LoggedRequests, "method" | "host" | "port" | "sni">;

/** What becomes of requests. */
export interface Ruling {
  /** What refuses them, as `deniedBy` of the access log has it; nothing where they pass. */
  readonly deniedBy?: string;
  /** What would, in report mode. */
  readonly wouldBeDeniedBy?: string;
}

/** Says what becomes of requests by the rules and settings of a checkout, as its proxies would. */
export class Rulings {
  /** What the rules say of a host that a client asks for; a name that is not in the settings is unknown. */
  readonly verdict: (client: string | null, host: string) => ClientVerdict;
  private readonly users: readonly RuleUser[];
  private readonly byEndpoint: ReadonlyMap<string, string>;
  private readonly names: ReadonlySet<string>;

  constructor(private readonly checkout: CheckoutRules) {
    const { settings, rules, region } = checkout;
    this.verdict = judgeOf(rules, settings, region);
    this.users = ruleUsers(settings);
    this.names = new Set(this.users.map(({ name }) => name));
    this.byEndpoint = new Map(
      this.users.flatMap(({ name, endpointId }) =>
        endpointId === undefined ? [] : [[endpointId, name] as const],
      ),
    );
  }

  /** The name in the settings of whoever asked: as the log has it, or by the endpoint. */
  clientOf({ consumer, endpoint }: Pick<LoggedRequests, "consumer" | "endpoint">): string | null {
    if (consumer !== null && this.names.has(consumer)) return consumer;
    return this.byEndpoint.get(endpoint ?? "") ?? null;
  }

  /** In the order in which a proxy asks: the port, the names, the address. */
  of(client: string | null, asked: Asked): Ruling {
    const { proxy } = this.checkout.settings;
    if (!mayReachPort(asked, proxy)) return { deniedBy: "port" };
    const verdicts = namesOf(asked).map((name) => this.verdict(client, name));
    const denied = verdicts.find(({ deniedBy }) => deniedBy !== undefined);
    if (denied !== undefined) return denied;
    const guard = guardOf(asked.host, proxy.privateCidrs);
    if (guard !== undefined) return { deniedBy: guard };
    return verdicts.find(({ wouldBeDeniedBy }) => wouldBeDeniedBy !== undefined) ?? {};
  }
}

/** The names that the rules must admit: the host and, of a tunnel that was looked into, the name in TLS. */
export function namesOf({ host, sni }: Pick<Asked, "host" | "sni">): string[] {
  return sni === null || sni === host ? [host] : [host, sni];
}

/** Whether the settings open the port, for tunnels or for plain HTTP. */
export function mayReachPort(
  { method, port }: Pick<Asked, "method" | "port">,
  { connectPorts, httpPorts }: Pick<Settings["proxy"], "connectPorts" | "httpPorts">,
): boolean {
  return (method === "CONNECT" ? connectPorts : httpPorts).includes(port);
}

/** What refuses a host that is an address and not one of the Internet; nothing for any other host. */
export function guardOf(
  host: string,
  privateCidrs: readonly string[],
): "internal-address" | "private-address" | undefined {
  const address = numericHost(asInSquid(host));
  const network = address && guardedNetwork(networkOf(address, address.bits), privateCidrs);
  if (network === undefined) return undefined;
  return PRIVATE_NETWORKS.includes(network) ? "private-address" : "internal-address";
}
