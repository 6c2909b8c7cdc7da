import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { nearestTo } from "../common/nearest";
import {
  contains,
  isCidr,
  isPrivate,
  overlaps,
  prefixLength,
  subnetCapacity,
} from "../common/cidr";
import { RULE_NAMES } from "./gate-rule-names";
import { FARGATE_CPUS, fargateMemoryMiB } from "../fleet/proxy/fargate-size";
import { HEALTH_PORT, PROXY_PORT } from "../fleet/squid/squid-container";
import { DEFAULT_REGIONS, REGION_PATTERN, nearestRegion } from "../common/regions";
import { alternatives } from "../common/user-error";

/** The key under `context` in cdktf.json that holds the fleet's settings. */
export const SETTINGS_KEY = "proxy-fleet";

/** The longest `name` that still leaves room for `-nlb` in AWS's 32 characters for a load balancer. */
const MAX_NAME_LENGTH = 28;

/** Names that the stack uses as construct ids itself; a client so named would share them. */
const RESERVED_CLIENT_NAMES = [
  "aws",
  "azs",
  "backend",
  "identity",
  "image",
  "link",
  "logs",
  "nlb",
  "proxy",
  "region",
  "scaling",
  "service",
  "squid",
];

/** The retention periods CloudWatch Logs knows, in days. */
const LOG_RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288,
  3653,
];

// In this file the `error` of every check is the text behind "Allowed:" in the user's message.

const integer = (from: number, to: number) => {
  const error = `a whole number from ${from} to ${to}`;
  return z.int({ error }).min(from, { error }).max(to, { error });
};

const oneOf = <const Value extends string>(...values: Value[]) =>
  z.enum(values, { error: alternatives(values) });

const oneOfNumbers = (values: readonly number[]) => {
  const error = alternatives(values);
  return z.number({ error }).refine((value) => values.includes(value), { error });
};

const text = (pattern: RegExp, error: string) => z.string({ error }).regex(pattern, { error });

const list = <Item extends z.ZodType>(item: Item, error: string) => z.array(item, { error });

/** A list without repetitions, in an order of its own, so that the user's order changes no plan. */
const set = <Item extends z.ZodType<string> | z.ZodType<number>>(item: Item, error: string) =>
  list(item, error)
    .refine((items) => new Set(items).size === items.length, { error: "each entry once" })
    .transform((items) => [...items].sort((one, other) => (one < other ? -1 : 1)));

/** An object that names the nearest known key for every key it does not know. */
const group = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => unknownKey(key, Object.keys(shape))).join("\n")
        : "an object",
  });

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = nearestTo(key, known);
  return `${JSON.stringify(key)} is not a setting. ${
    nearest ? `Did you mean "${nearest}"?` : `Known here: ${known.join(", ")}.`
  }`;
}

const resourceName = text(
  new RegExp(
    `^(?!sg(-|$))(?!internal(-|$))(?=.{1,${MAX_NAME_LENGTH}}$)[a-z][a-z0-9]*(-[a-z0-9]+)*$`,
  ),
  `lower-case letters, digits and single hyphens, a letter first, ${MAX_NAME_LENGTH} characters at most, ` +
    'not beginning with "sg-" or "internal-" (AWS refuses load balancers and security groups so named)',
);

const region = z
  .string({ error: "a commercial AWS region such as us-east-1" })
  .regex(REGION_PATTERN, {
    error: ({ input }) =>
      nearestRegion(String(input)) ?? "a commercial AWS region such as us-east-1",
  });

const boundaryArn = text(
  /^arn:aws:iam::\d{12}:policy\/([\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
  "the ARN of an IAM policy of the account's own, such as arn:aws:iam::123456789012:policy/proxy-boundary",
);

const vpcCidr = z
  .string({ error: "an IPv4 network such as 10.0.0.0/16" })
  .refine(isCidr, {
    error: "an IPv4 network such as 10.0.0.0/16, with no host bits set",
    abort: true,
  })
  .refine((cidr) => prefixLength(cidr) >= 16 && prefixLength(cidr) <= 24, {
    error: "a prefix from /16 (AWS's largest VPC) to /24 (one subnet of this project)",
  })
  .refine(isPrivate, {
    error:
      "a network inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: addresses of the " +
      "Internet would be out of reach, and the proxy would not know them for internal ones",
  });

const account = oneOf("learner-lab", "standard");

/** A lab is to be destroyed, completely and by whoever is in a hurry; others depend on any other fleet. */
const DEFAULT_DELETION_PROTECTION = { "learner-lab": "off", standard: "on" } as const;

const vpc = group({
  cidr: vpcCidr.default("10.0.0.0/16"),
  azs: integer(1, 6).default(2),
  natGateways: oneOf("one-per-az", "single").default("one-per-az"),
}).superRefine(({ cidr, azs }, context) => {
  requireSubnets(context, cidr, azs, 2 * azs);
});

const image = group({
  uri: text(
    /^(?!.*:latest$)[a-z0-9][a-z0-9.-]*(\/[a-z0-9._-]+)+(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}|@sha256:[0-9a-f]{64})$/,
    "registry/repository:tag or registry/repository@sha256:digest; not :latest, which names a different image every day",
  ).optional(),
});

const DEFAULT_MEMORY_MIB = 512;
const DEFAULT_DESIRED_COUNT = 3;

const service = group({
  cpu: oneOfNumbers(FARGATE_CPUS).default(256),
  memoryMiB: integer(512, 122880).default(DEFAULT_MEMORY_MIB),
  cpuArchitecture: oneOf("X86_64", "ARM64").default("X86_64"),
  desiredCount: integer(1, 1000).default(DEFAULT_DESIRED_COUNT),
  minCapacity: integer(1, 1000).default(2),
  maxCapacity: integer(1, 1000).default(10),
  targetCpuPercent: integer(10, 90).default(75),
  scaleInCooldownSeconds: integer(0, 3600).default(300),
  scaleOutCooldownSeconds: integer(0, 3600).default(60),
  onDemandBase: integer(0, 1000).default(0),
  spotWeight: integer(0, 1000).default(0),
  healthCheckGracePeriodSeconds: integer(0, 3600).default(60),
  containerInsights: oneOf("disabled", "enabled", "enhanced").default("disabled"),
  logRetentionDays: oneOfNumbers(LOG_RETENTION_DAYS).default(7),
}).superRefine(({ cpu, memoryMiB, minCapacity, desiredCount, maxCapacity }, context) => {
  const memories = fargateMemoryMiB(cpu);
  if (memories.length > 0 && !memories.includes(memoryMiB)) {
    const allowed = `with cpu ${cpu}: ${alternatives(memories)}; the default is ${DEFAULT_MEMORY_MIB}`;
    reject(context, ["memoryMiB"], memoryMiB, allowed);
  }
  if (minCapacity > maxCapacity) {
    reject(context, ["minCapacity"], minCapacity, `at most maxCapacity, which is ${maxCapacity}`);
  } else if (desiredCount < minCapacity || desiredCount > maxCapacity) {
    const between = `from minCapacity to maxCapacity, which are ${minCapacity} and ${maxCapacity}`;
    const allowed = `${between}; the default is ${DEFAULT_DESIRED_COUNT}`;
    reject(context, ["desiredCount"], desiredCount, allowed);
  }
});

/** The most ports of a list; both lists are far from the 60 rules that a security group may have. */
const MAX_PORTS = 20;

/** SMTP, which AWS blocks towards the Internet unless an account asks for more. */
const MAIL_PORT = 25;

/**
 * Where a connection never begins with TLS, so that the SNI check would refuse all of them; by port.
 * Source: https://www.iana.org/assignments/service-names-port-numbers
 */
const PROTOCOLS_WITHOUT_TLS: ReadonlyMap<number, string> = new Map([
  [21, "FTP"],
  [22, "SSH"],
  [23, "Telnet"],
  [80, "HTTP"],
  [110, "POP3"],
  [143, "IMAP"],
  [389, "LDAP"],
  [587, "SMTP"],
  [3306, "MySQL"],
  [3389, "RDP"],
]);

const port = integer(1, 65535)
  .refine((number) => number !== PROXY_PORT && number !== HEALTH_PORT, {
    error: `any TCP port but ${PROXY_PORT} and ${HEALTH_PORT}, on which the proxy itself listens`,
  })
  .refine((number) => number !== MAIL_PORT, {
    error: `any TCP port but ${MAIL_PORT}: AWS blocks mail (SMTP) to the Internet`,
  });

const ports = set(port, "a list of TCP ports").refine((numbers) => numbers.length <= MAX_PORTS, {
  error: `at most ${MAX_PORTS} ports`,
});

const privateCidr = z
  .string({ error: "IPv4 networks such as 10.9.0.0/16" })
  .refine(isCidr, { error: "an IPv4 network with no host bits set", abort: true })
  .refine(isPrivate, {
    error:
      "a network inside 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or 100.64.0.0/10: addresses of the " +
      "Internet need no permission, and those of the host and its metadata never get one",
  });

const proxy = group({
  domainFilter: oneOf("enforce", "report").default("enforce"),
  sniCheck: oneOf("off", "on").default("off"),
  httpPorts: ports.default([80]),
  connectPorts: ports
    .refine((numbers) => numbers.length > 0, { error: "at least one port" })
    .default([443]),
  privateCidrs: set(privateCidr, "a list of private IPv4 networks").default([]),
  cache: oneOf("off", "shared").default("off"),
  maxConnectionsPerClient: integer(1, 16_000).optional(),
  maxRequestHeadKiB: integer(4, 64).default(16),
  maxReplyHeadKiB: integer(4, 64).default(16),
  receiveBufferKiB: integer(16, 4096).default(128),
}).superRefine(({ sniCheck, connectPorts, privateCidrs }, context) => {
  requireDisjoint(context, "privateCidrs", privateCidrs);
  for (const number of sniCheck === "on" ? connectPorts : []) {
    const protocol = PROTOCOLS_WITHOUT_TLS.get(number);
    if (protocol === undefined) continue;
    const allowed = `with sniCheck "on", ports where connections begin with TLS; here they begin with ${protocol}, which the check refuses`;
    reject(context, ["connectPorts"], number, allowed);
  }
});

const loadBalancer = group({
  ingressCidrs: set(
    z
      .string({ error: "IPv4 networks" })
      .refine(isCidr, { error: "an IPv4 network with no host bits set", abort: true })
      .refine((cidr) => prefixLength(cidr) >= 8, {
        error: "a network of /8 or smaller: the proxy is never open to everyone",
      }),
    "a list of IPv4 networks",
  ).default([]),
}).superRefine(({ ingressCidrs }, context) => {
  requireDisjoint(context, "ingressCidrs", ingressCidrs);
});

const endpointService = group({
  allowedPrincipals: set(
    text(
      /^(\*|arn:aws:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/,
      'IAM principals such as arn:aws:iam::123456789012:root, or "*"',
    ),
    "a list of IAM principals such as arn:aws:iam::123456789012:root",
  ).default([]),
  acceptance: oneOf("automatic", "explicit").default("automatic"),
}).superRefine(({ allowedPrincipals, acceptance }, context) => {
  if (allowedPrincipals.includes("*") && acceptance === "automatic") {
    const allowed = '"explicit" when allowedPrincipals has "*": every AWS account could connect';
    reject(context, ["acceptance"], acceptance, allowed);
  }
});

const client = group({
  name: resourceName
    .refine((name) => !RESERVED_CLIENT_NAMES.includes(name), {
      error: `any name but ${alternatives(RESERVED_CLIENT_NAMES)}, which the fleet uses itself`,
    })
    .refine((name) => !/-(endpoint|instance)$/.test(name), {
      error: 'a name that does not end in "-endpoint" or "-instance", which other parts are called',
    })
    .default("client"),
  cidr: vpcCidr.default("172.16.0.0/16"),
  azs: integer(1, 6).default(1),
  instanceType: text(
    /^(none|a1\.[a-z0-9]+|[a-z]+\d+g[a-z]*\.[a-z0-9]+)$/,
    'a Graviton (arm64) instance type such as "t4g.small", or "none" for a VPC without a test instance',
  ).default("t4g.small"),
}).superRefine(({ cidr, azs }, context) => {
  requireSubnets(context, cidr, azs, azs);
});

const clients = list(client.prefault({}), "a list of client VPCs").superRefine((all, context) => {
  all.forEach(({ name }, index) => {
    if (all.findIndex((other) => other.name === name) < index) {
      reject(context, [index, "name"], name, "a name that no other client has");
    }
  });
});

const tags = z
  .record(
    text(
      /^(?!aws:|project$|managedby$|name$)[\p{L}\p{N}+\-=._:/@][\p{L}\p{N} +\-=._:/@]{0,127}$/iu,
      "tag keys of 1 to 128 letters, digits, spaces and + - = . _ : / @, not beginning with a space or " +
        '"aws:", and none of Project, ManagedBy and Name, which the fleet sets itself',
    ),
    text(
      /^[\p{L}\p{N} +\-=._:/@]{0,256}$/u,
      "a tag value of at most 256 letters, digits, spaces and + - = . _ : / @",
    ),
    { error: "an object of tag keys and values" },
  )
  .refine((all) => Object.keys(all).length <= 40, { error: "at most 40 tags" })
  .refine(
    (all) =>
      new Set(Object.keys(all).map((key) => key.toLowerCase())).size === Object.keys(all).length,
    { error: "keys that differ in more than case; IAM takes them for equal" },
  );

/** In characters; a shorter text tells a later reader nothing. */
const MIN_REASON_LENGTH = 10;

const waiver = group({
  rule: z.enum(RULE_NAMES, {
    error: ({ input }) => {
      const nearest = typeof input === "string" ? nearestTo(input, RULE_NAMES) : undefined;
      return nearest ? `"${nearest}", which is the nearest rule` : alternatives(RULE_NAMES);
    },
  }),
  resource: text(
    /^(data\.)?[a-z][a-z0-9_]*\.[A-Za-z_][\w-]*$/,
    "a Terraform address such as aws_lb.nlb, as npm run policy prints it",
  ),
  message: text(/\S/, "what npm run policy says of the resource, word for word"),
  reason: z
    .string({ error: "text" })
    .refine((reason) => reason.trim().length >= MIN_REASON_LENGTH, {
      error: `a reason of at least ${MIN_REASON_LENGTH} characters, for whoever reads the waiver later`,
    }),
});

const policy = group({
  waivers: list(
    waiver,
    "a list of waivers, each with a rule, a resource, a message and a reason",
  ).default([]),
}).superRefine(({ waivers }, context) => {
  waivers.forEach(({ rule, resource, message }, index) => {
    const isSame = (other: (typeof waivers)[number]) =>
      other.rule === rule && other.resource === resource && other.message === message;
    if (waivers.findIndex(isSame) < index) {
      reject(
        context,
        ["waivers", index],
        { rule, resource, message },
        "one waiver for a violation",
      );
    }
  });
});

const OWNER = "[A-Za-z0-9][A-Za-z0-9_-]{0,38}";
const REPOSITORY = "(?![^/]*\\.git(@|$))[A-Za-z0-9._-]{1,100}";
const ID = "@[0-9]+";

/**
 * A repository as GitHub's tokens name it: `owner/name`; or with both ids, `owner@id/name@id`, if it
 * was made, renamed or transferred since 15 July 2026, or opted in.
 * Source: "Immutable subject claims for GitHub Actions OIDC tokens", GitHub's changelog.
 */
const repository = text(
  new RegExp(`^(${OWNER}/${REPOSITORY}|${OWNER}${ID}/${REPOSITORY}${ID})$`),
  "the repository as GitHub's tokens name it, owner/name, in the same upper and lower case; or " +
    "owner@id/name@id for one that was made, renamed or transferred since 15 July 2026, which this prints: " +
    `gh api repos/<owner>/<name> --jq '"\\(.owner.login)@\\(.owner.id)/\\(.name)@\\(.id)"'`,
);

const github = group({
  repository,
  oidcProvider: z.enum(["create", "existing"], {
    error:
      '"existing" if the account has GitHub\'s OIDC provider, which "aws iam list-open-id-connect-providers" ' +
      'shows with token.actions.githubusercontent.com; else "create"',
  }),
});

const regions = set(region, "a list of AWS regions").refine((names) => names.length > 0, {
  error: "at least one region",
});

const schema = group({
  account: account.default("learner-lab"),
  regions: regions.optional(),
  name: resourceName.default("proxy"),
  tags: tags.default({}),
  deletionProtection: oneOf("on", "off").optional(),
  permissionsBoundary: boundaryArn.optional(),
  vpc: vpc.prefault({}),
  image: image.prefault({}),
  service: service.prefault({}),
  proxy: proxy.prefault({}),
  loadBalancer: loadBalancer.prefault({}),
  endpointService: endpointService.prefault({}),
  clients: clients.prefault([{}]),
  policy: policy.prefault({}),
  github: github.optional(),
}).transform((settings) => ({
  ...settings,
  /** Whether what is hard to replace is kept from being deleted. */
  deletionProtection: settings.deletionProtection ?? DEFAULT_DELETION_PROTECTION[settings.account],
  /** The regions, and so the Terraform workspaces, that the fleet may live in. */
  regions: settings.regions ?? [...DEFAULT_REGIONS[settings.account]],
}));

/**
 * The rules between groups. They stand apart because zod skips an object's own rules while any
 * part of it is wrong, and a user should see all mistakes at once; a part that is wrong is absent
 * here, so that it is complained of only once.
 */
const rulesBetweenGroups = z
  .object({
    account: account.default("learner-lab").optional().catch(undefined),
    regions: regions.optional().catch(undefined),
    permissionsBoundary: boundaryArn.optional().catch(undefined),
    github: github.optional().catch(undefined),
    name: resourceName.default("proxy").optional().catch(undefined),
    image: image.prefault({}).optional().catch(undefined),
    vpc: vpc.prefault({}).optional().catch(undefined),
    proxy: proxy.prefault({}).optional().catch(undefined),
    loadBalancer: loadBalancer.prefault({}).optional().catch(undefined),
  })
  .superRefine((settings, context) => {
    const { account, regions } = settings;
    const lab = DEFAULT_REGIONS["learner-lab"];
    if (account === "learner-lab" && regions?.some((name) => !lab.includes(name))) {
      const allowed = `in a Learner Lab: ${alternatives(lab)}; other regions need "account": "standard"`;
      reject(context, ["regions"], regions, allowed);
    }
    for (const setting of ["permissionsBoundary", "github"] as const) {
      const value = settings[setting];
      if (account !== "learner-lab" || value === undefined) continue;
      const allowed = 'only with "account": "standard"; a Learner Lab cannot create IAM roles';
      reject(context, [setting], value, allowed);
    }
    const { uri } = settings.image ?? {};
    if (uri !== undefined && new RegExp(`/${settings.name}-squid[:@]`).test(uri)) {
      const allowed = `an image elsewhere: the fleet's own repository goes when an image is named`;
      reject(context, ["image", "uri"], uri, allowed);
    }
    for (const cidr of settings.loadBalancer?.ingressCidrs ?? []) {
      const own = settings.vpc?.cidr ?? cidr;
      if (overlaps(own, cidr) && !contains(own, cidr)) {
        const allowed = `networks inside the service VPC (${own}) or outside it`;
        reject(context, ["loadBalancer", "ingressCidrs"], cidr, allowed);
      }
    }
    for (const cidr of settings.proxy?.privateCidrs ?? []) {
      const own = settings.vpc?.cidr;
      if (own !== undefined && overlaps(own, cidr)) {
        const allowed =
          `networks outside the service VPC (${own}): there are the proxies themselves and the load ` +
          "balancer, which clients would reach under the proxies' own addresses";
        reject(context, ["proxy", "privateCidrs"], cidr, allowed);
      }
    }
  });

/** Everything that a user may set, with the defaults filled in. docs/settings.md has the table. */
export type Settings = z.output<typeof schema>;
/** The settings of one client VPC. */
export type ClientSettings = Settings["clients"][number];

/** The settings as JSON Schema, for whatever must know all of them. */
export function settingsJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
}

/** What {@link parseSettings} found: the settings, or every mistake in them, a line each. */
export type ParsedSettings = { settings: Settings } | { mistakes: string[] };

/**
 * The regions that the settings admit, as far as those of the account and the regions themselves
 * are right; nothing where they are not.
 */
export function admittedRegions(input: unknown): readonly string[] | undefined {
  const { data } = rulesBetweenGroups.safeParse(input);
  return data?.regions ?? (data?.account && DEFAULT_REGIONS[data.account]);
}

/**
 * Whether the proxy's image is built here, which it is unless the settings name one; right or
 * wrong, so that it is known while other settings are wrong.
 */
export function buildsImage(input: unknown): boolean {
  return !z.object({ image: z.object({ uri: z.string() }) }).safeParse(input).success;
}

/** What is wrong with cdktf.json's keys beside the context: settings that nothing reads there. */
export function strayFileKeys(content: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(content).flatMap((key) => {
    if (key === SETTINGS_KEY) return [`"${key}" belongs inside "context".`];
    if (key in schema.in.shape) {
      return [`"${key}" belongs inside "${SETTINGS_KEY}", which is inside "context".`];
    }
    const isTypo = key !== "context" && distance(key, "context") <= 2;
    return isTypo ? [`"${key}" is not read. Did you mean "context"?`] : [];
  });
}

/** What is wrong with the other keys of the context: a misspelt fleet, or a setting outside it. */
export function strayContextKeys(context: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(context)
    .filter((key) => key !== SETTINGS_KEY)
    .flatMap((key) => {
      if (key in schema.in.shape) return [`"${key}" belongs inside "${SETTINGS_KEY}".`];
      const isTypo = distance(key, SETTINGS_KEY) <= 3;
      return isTypo ? [`"${key}" is not read. Did you mean "${SETTINGS_KEY}"?`] : [];
    });
}

/** Validates the fleet's settings as written in cdktf.json and fills in the defaults. */
export function parseSettings(input: unknown): ParsedSettings {
  const result = schema.safeParse(input, { reportInput: true });
  const between = rulesBetweenGroups.safeParse(input, { reportInput: true });
  const issues = [
    ...(result.error?.issues ?? []),
    ...(between.error?.issues ?? []).filter(({ code }) => code === "custom"),
  ];
  return result.success && issues.length === 0
    ? { settings: result.data }
    : { mistakes: issues.flatMap(describe) };
}

function describe(issue: z.core.$ZodIssue): string[] {
  const path = issue.path.reduce<string>(
    (parent, key) => (typeof key === "number" ? `${parent}[${key}]` : `${parent}.${String(key)}`),
    SETTINGS_KEY,
  );
  if (issue.code === "unrecognized_keys") {
    return issue.message.split("\n").map((line) => `${path}: ${line}`);
  }
  if (issue.code === "invalid_key") {
    return issue.issues.map(({ message }) => `${path} is not allowed. Allowed: ${message}.`);
  }
  const given =
    issue.input === undefined ? "is missing" : `${JSON.stringify(issue.input)} is not allowed`;
  return [`${path}: ${given}. Allowed: ${issue.message}.`];
}

function reject(
  context: z.core.$RefinementCtx,
  path: (string | number)[],
  input: unknown,
  allowed: string,
): void {
  context.addIssue({ code: "custom", path, input, message: allowed });
}

function requireDisjoint(
  context: z.core.$RefinementCtx,
  setting: string,
  cidrs: readonly string[],
): void {
  cidrs.forEach((cidr, index) => {
    const earlier = cidrs.slice(0, index).find((other) => overlaps(other, cidr));
    if (earlier !== undefined && earlier !== cidr) {
      reject(context, [setting], cidr, `networks that do not overlap; ${earlier} does`);
    }
  });
}

function requireSubnets(
  context: z.core.$RefinementCtx,
  cidr: string,
  azs: number,
  subnets: number,
): void {
  const capacity = subnetCapacity(cidr);
  if (subnets > capacity) {
    const room = `a network with room for the ${subnets} /24 subnets of ${azs} availability zones, this one holds ${capacity}`;
    reject(context, ["cidr"], cidr, room);
  }
}
