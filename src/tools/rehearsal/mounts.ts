/** Files and folders that are mounted, by what they are. */
export const FILES = {
  proxyResolvConf: "proxy-resolv.conf",
  /** The clients', by whether their resolver answers for public names. */
  clientResolvConf: { allowed: "client-resolv.conf", blocked: "closed-resolv.conf" },
  userData: "userdata.sh",
  authority: "authority.crt",
  store: "store",
};

/**
 * The name server itself is asked, as in a VPC. The engine's resolver has limits of its own, and in
 * networks without a way out some versions of it ask nobody.
 * Source: https://github.com/moby/moby/issues/47538
 */
export const RESOLV_CONF = "/etc/resolv.conf";

export function mount(source: string, target: string) {
  return { type: "bind", source, target, read_only: true };
}
