import { readFileSync } from "node:fs";
import path from "node:path";
import {
  deployedCheck,
  rehearsalCheck,
  rehearsalSites,
  type CheckedClient,
} from "../../../src/tools/acceptance/acceptance-check";
import { parseSettings } from "../../../src/configuration/settings";
import { CHECKOUT } from "../../helpers/checkout";
import { ruleSet } from "../../helpers/rules";

const NO_LISTS = { allowed: [], denied: [] };
const SCRIPT = readFileSync(path.join(CHECKOUT, "client/check.sh"), "utf8");

interface Lists {
  readonly allowed: string[];
  readonly denied: string[];
}

/** A client whose set has these lists. The settings' domainFilter is that of the set. */
function checked(proxy: Record<string, unknown>, lists: Lists): CheckedClient {
  const parsed = parseSettings({ proxy, clients: [{ name: "client", rules: "office" }] });
  if ("mistakes" in parsed) throw new Error(parsed.mistakes.join("\n"));
  const { settings } = parsed;
  const { domainFilter } = settings.proxy;
  return {
    settings,
    rules: {
      sets: [
        ruleSet({ domainFilter, allowed: ["of.others"] }),
        ruleSet({ name: "office", domainFilter, ...lists }),
      ],
      always: [],
    },
    region: "us-east-1",
    client: settings.clients[0]!,
  };
}

const deployed = (proxy: Record<string, unknown> = {}, lists: Lists = NO_LISTS) =>
  deployedCheck(checked(proxy, lists), {
    egress: ["192.0.2.1", "192.0.2.2"],
    site: "198.51.100.1",
  });

const rehearsal = (proxy: Record<string, unknown> = {}, lists: Lists = NO_LISTS) =>
  rehearsalCheck(checked(proxy, lists), { egress: [] });

const listsOf = (allowed: string[], denied: string[] = []) => ({ allowed, denied });

describe("the check of a deployed fleet", () => {
  test("with the defaults asks AWS's site, and skips what is not denied", () => {
    expect(deployed()).toEqual({
      SITE: "checkip.amazonaws.com",
      SITE_ADDRESS: "198.51.100.1",
      HTTP_PORT: "80",
      HTTPS_PORT: "443",
      TARGET_HTTP_PORT: "80",
      TARGET_CONNECT_PORT: "443",
      DENIED_SITE_SKIP: "rules/office has no rules",
      BLOCKED_NAME_SKIP: 'publicDns of the client client is "allowed"',
      PRIVATE_TARGETS:
        "10.0.0.1 10.255.255.254 100.64.0.1 100.127.255.254 172.16.0.1 172.31.255.254 " +
        "192.168.0.1 192.168.255.254 own",
      EGRESS_ADDRESSES: "192.0.2.1 192.0.2.2",
    });
  });

  test("leaves out what the settings open, the client's own network too", () => {
    const opened = (...privateCidrs: string[]) => deployed({ privateCidrs })["PRIVATE_TARGETS"];
    expect(opened("172.16.0.0/12")).not.toMatch(/172|own/);
    expect(opened("172.16.9.0/24")).toMatch(/172.16.0.1 172.31.255.254.*[^n]$/);
    expect(opened("172.31.0.0/16")).toMatch(/172.16.0.1 192.*own$/);
    expect(opened("172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")).toBe(
      "10.0.0.1 10.255.255.254",
    );
  });

  test("skips what a closed port leaves out, and asks for what is refused on open ones", () => {
    expect(deployed({ httpPorts: [8080, 8081], connectPorts: [8443, 443] })).toMatchObject({
      HTTP_PORT: "80",
      HTTP_SKIP: "80 is not in proxy.httpPorts",
      TARGET_HTTP_PORT: "8080",
      TARGET_CONNECT_PORT: "443",
    });
    expect(deployed({ httpPorts: [] })).toMatchObject({ TARGET_HTTP_PORT: "" });
  });

  test.each([
    ["a denied name", listsOf([], ["bad.net"]), "bad.net"],
    ["a denied domain", listsOf([".amazonaws.com"], [".bad.net", "x.org"]), "bad.net"],
    ["a denied name that exists", listsOf([], ["bad.net", ".example.net"]), "example.net"],
    ["what is not allowed", listsOf([".amazonaws.com"]), "example.com"],
    ["what is not allowed, in turn", listsOf([".com", "example.net"]), "example.org"],
    ["a label that may be any", listsOf([], ["a.*.net"]), "a.rehearsal.net"],
    ["a name with the region", listsOf([], ["s3.{region}.net"]), "s3.us-east-1.net"],
    ["a name behind a network", listsOf([], ["198.51.100.0/24", "bad.net"]), "bad.net"],
  ])("expects the refusal of %s", (_, lists, site) => {
    const list = lists.denied.length > 0 ? "denied" : "allowed";
    expect(deployed({}, lists)).toMatchObject({
      DENIED_SITE: site,
      DENIED_BY: `rules/office/${list}-domains.txt`,
    });
  });

  test("skips the refusal of a domain where there is none, and says why", () => {
    const skip = (proxy: Record<string, unknown>, lists: Lists) =>
      deployed(proxy, lists)["DENIED_SITE_SKIP"];
    expect(skip({ domainFilter: "report" }, listsOf([], ["bad.net"]))).toBe(
      "rules/office only reports",
    );
    expect(skip({}, listsOf([".com", ".net", ".org"]))).toBe(
      "rules/office refuses no name that the check knows",
    );
  });

  test("does not ask for a site that the rules refuse, unless they only report", () => {
    const lists = listsOf(["ssm.us-east-1.amazonaws.com"]);
    const reason = "rules/office refuses checkip.amazonaws.com";
    expect(deployed({}, lists)).toMatchObject({ HTTP_SKIP: reason, HTTPS_SKIP: reason });
    expect(deployed({ domainFilter: "report" }, lists)).not.toHaveProperty("HTTP_SKIP");
    expect(deployed({}, listsOf([".amazonaws.com"]))).not.toHaveProperty("HTTP_SKIP");
  });

  test("says where it is not told whether lists or addresses are what refuses", () => {
    const skip = "INTERNAL_SITES_SKIP";
    const lists = listsOf([".amazonaws.com"]);
    expect(deployed({}, lists)[skip]).toContain(
      "rules/office/allowed-domains.txt refuses addresses",
    );
    expect(deployed({ domainFilter: "report" }, lists)).not.toHaveProperty(skip);
    expect(deployed({}, listsOf([], ["bad.net"]))).not.toHaveProperty(skip);
  });
});

describe("the check of a rehearsal", () => {
  test("with the defaults asks its own site", () => {
    expect(rehearsal()).toMatchObject({
      SITE: "site.test",
      HTTP_PORT: "80",
      HTTPS_PORT: "443",
      DENIED_SITE_SKIP: "rules/office has no rules",
      PRIVATE_TARGETS: expect.stringMatching(/^10.0.0.1 .* own$/) as string,
    });
  });

  test("asks on the first open ports", () => {
    const ports = { httpPorts: [8080, 8443], connectPorts: [8443, 9443] };
    expect(rehearsal(ports)).toMatchObject({ HTTP_PORT: "8080", HTTPS_PORT: "8443" });
    expect(rehearsal({ httpPorts: [], connectPorts: [443] })).toMatchObject({
      HTTP_SKIP: "no port is open to plain HTTP alone",
    });
  });

  test.each<[Lists, string, string | undefined]>([
    [NO_LISTS, "site.test", undefined],
    [listsOf([".debian.org"]), "rehearsal.debian.org", "denied.test"],
    [listsOf(["pypi.org"]), "pypi.org", "denied.test"],
    [listsOf([], [".bad.net"]), "site.test", "rehearsal.bad.net"],
    [listsOf([], [".test"]), "site.example", "rehearsal.test"],
    [listsOf([".debian.org"], ["rehearsal.debian.org"]), "debian.org", "rehearsal.debian.org"],
    [listsOf([".a.org", "b.org"], [".a.org"]), "b.org", "rehearsal.a.org"],
    [listsOf([".test"]), "rehearsal.test", "denied.example"],
    [listsOf([".test", ".example"]), "rehearsal.test", undefined],
  ])("with the lists %j asks for %s, and for the refusal of %s", (lists, site, refusedSite) => {
    expect(rehearsalSites(checked({}, lists))).toMatchObject({ site, refusedSite });
    expect(rehearsal({}, lists)["SITE"]).toBe(site);
    expect(rehearsal({}, lists)["DENIED_SITE"]).toBe(refusedSite);
  });

  test.each<[Lists, string | undefined]>([
    [NO_LISTS, "site.test"],
    [listsOf([".debian.org"]), "rehearsal.debian.org"],
    [listsOf(["pypi.org", ".debian.org"]), "rehearsal.debian.org"],
    [listsOf([], [".test"]), "site.example"],
    [listsOf([], ["private.site.test"]), "site.example"],
    [listsOf(["pypi.org"]), undefined],
  ])("with the lists %j has names of internal addresses below %s", (lists, domain) => {
    const addresses = { metadata: "169.254.169.254", private: "10.0.0.1" };
    const sites = Object.entries(domain === undefined ? {} : addresses).map(([label, address]) => [
      `${label}.${domain}`,
      address,
    ]);
    expect(rehearsalSites(checked({}, lists)).internalSites).toEqual(Object.fromEntries(sites));
    const { INTERNAL_SITES, INTERNAL_SITES_SKIP } = rehearsal({}, lists);
    expect(INTERNAL_SITES).toBe(sites.map(([name]) => name).join(" "));
    expect(INTERNAL_SITES_SKIP === undefined).toBe(domain !== undefined);
  });

  test("asks for no name of an address that the settings open", () => {
    // With another VPC: the default one has these addresses.
    const client = checked({}, NO_LISTS);
    const proxy = { ...client.settings.proxy, privateCidrs: ["10.0.0.0/24"] };
    const opened = rehearsalCheck(
      { ...client, settings: { ...client.settings, proxy } },
      {
        egress: [],
      },
    );
    expect(opened["INTERNAL_SITES"]).toBe("metadata.site.test");
  });

  test("needs no names of internal addresses where the lists only report", () => {
    const report = rehearsal({ domainFilter: "report" }, listsOf(["pypi.org"]));
    expect(report).not.toHaveProperty("INTERNAL_SITES_SKIP");
  });

  test("skips the site where nothing is allowed, unless the lists only report", () => {
    const lists = listsOf(["a.org"], [".a.org"]);
    expect(rehearsal({}, lists)).toMatchObject({
      HTTP_SKIP: "rules/office refuses every site that the check knows",
      HTTPS_SKIP: "rules/office refuses every site that the check knows",
    });
    expect(rehearsal({ domainFilter: "report" }, lists)).not.toHaveProperty("HTTP_SKIP");
  });
});

describe("public names, where they are blocked,", () => {
  const blocked = (allowedDns: string[]) => {
    const given = checked({}, NO_LISTS);
    const client = { ...given.client, publicDns: "blocked" as const, allowedDns };
    return { ...given, client };
  };

  test.each([
    [[], "checkip.amazonaws.com"],
    [["checkip.amazonaws.com"], "example.com"],
    [["*.amazonaws.com", "*.example.com"], "example.com"],
    [["amazonaws.com", "*.other.com"], "checkip.amazonaws.com"],
  ])("and but for %j, do not resolve on a client: %s", (allowedDns, name) => {
    const check = deployedCheck(blocked(allowedDns), { egress: [] });
    expect(check).toMatchObject({ BLOCKED_NAME: name });
    expect(check).not.toHaveProperty("BLOCKED_NAME_SKIP");
  });

  test("are the site's in a rehearsal", () => {
    const check = rehearsalCheck(blocked([]), { egress: [], site: "198.51.100.1" });
    expect(check).toMatchObject({ BLOCKED_NAME: "site.test", SITE_ADDRESS: "198.51.100.1" });
  });

  test("are not looked at where all that the check knows are allowed", () => {
    const names = ["*.amazonaws.com", "example.com", "example.net", "example.org"];
    expect(deployedCheck(blocked(names), { egress: [] })).toMatchObject({
      BLOCKED_NAME_SKIP: "allowedDns of the client client has every name that the check knows",
    });
  });
});

test("every variable is one that the script documents", () => {
  const skips = { httpPorts: [], connectPorts: [8443] };
  const variables = [
    deployed(),
    deployed(skips),
    deployed({}, listsOf([], ["a.org"])),
    deployed({}, listsOf(["a.org"])),
    rehearsal(),
  ];
  for (const name of new Set(variables.flatMap(Object.keys))) {
    expect(SCRIPT).toMatch(new RegExp(`^# .*\\b${name}\\b.*[^]*\\$\\{${name}`, "m"));
  }
});

test("the script has no double braces, which Systems Manager would fill in", () => {
  expect(SCRIPT).not.toMatch(/\{\{|\}\}/);
});
