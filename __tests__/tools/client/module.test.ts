import { execFileSync, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { convertFiles } from "@cdktf/hcl2json";
import { moduleFiles, writeModule } from "../../../src/tools/client/module";
import { argumentProblems } from "../../helpers/bindings";
import { CHECKOUT } from "../../helpers/checkout";
import { EXISTING_CLIENT, SERVICE_NAME, synthConsumer } from "../../helpers/consumer";
import { describeWith, TERRAFORM } from "../../helpers/tools";

const MODULE = path.join(CHECKOUT, "client/module");
const EXAMPLE = path.join(MODULE, "examples/two-vpcs");

type Block = Record<string, unknown>;
interface Hcl {
  readonly terraform: [{ required_version: string; required_providers: [Record<string, Block>] }];
  readonly variable: Record<string, [Block]>;
  readonly output: Record<string, [Block]>;
  readonly resource: Record<string, Record<string, [Block]>>;
  readonly data: Record<string, Record<string, [Block]>>;
  readonly locals: Block[];
  readonly module: Record<string, [Block]>;
}

let hcl: Hcl;
let example: Hcl;
/** Of all files. */
let locals: Block;
beforeAll(async () => {
  hcl = (await convertFiles(MODULE)) as unknown as Hcl;
  locals = Object.assign({}, ...hcl.locals) as Block;
  example = (await convertFiles(EXAMPLE)) as unknown as Hcl;
});

describe("the module", () => {
  test("leaves provider and backend to whoever calls it, and says which provider it takes", () => {
    expect(hcl).not.toHaveProperty("provider");
    const [terraform] = hcl.terraform;
    expect(Object.keys(terraform).sort()).toEqual(["required_providers", "required_version"]);
    expect(terraform.required_providers).toEqual([
      { aws: { source: "hashicorp/aws", version: ">= 5.83" } },
    ]);
  });

  test("has types, descriptions and validations for all variables, and descriptions for outputs", () => {
    for (const [name, [variable]] of Object.entries(hcl.variable)) {
      expect([name, variable["type"], variable["description"]]).toEqual([
        name,
        expect.stringMatching(/./),
        expect.stringMatching(/\.$/),
      ]);
      expect(variable).toHaveProperty("validation");
    }
    for (const [output] of Object.values(hcl.output)) {
      expect(output["description"]).toMatch(/\.$/);
    }
  });

  test("looks nothing up that another account may not see", () => {
    expect(Object.keys(hcl.data).sort()).toEqual(["aws_region", "aws_subnet", "aws_vpc"]);
  });

  test("has only arguments that the provider's bindings know, and all that they require", () => {
    const problems = (["resource", "data"] as const).flatMap((section) =>
      Object.entries(hcl[section]).flatMap(([type, blocks]) =>
        Object.values(blocks).flatMap(([block]) =>
          argumentProblems(section === "data" ? `data_${type}` : type, block),
        ),
      ),
    );
    expect(problems).toEqual([]);
  });

  test("refers to nothing that is not in it", () => {
    const known = [
      ...Object.keys(hcl.variable).map((name) => `var.${name}`),
      ...Object.keys(locals).map((name) => `local.${name}`),
      ...names(hcl.resource),
      ...names(hcl.data).map((name) => `data.${name}`),
    ];
    const files = readdirSync(MODULE).filter((file) => file.endsWith(".tf"));
    const text = files.map((file) => readFileSync(path.join(MODULE, file), "utf8")).join("\n");
    const used = text.match(/\b(var|local)\.\w+|\b(data\.)?aws_\w+\.\w+/g)!;
    expect(used.filter((name) => !known.includes(name))).toEqual([]);
    expect(known.filter((name) => !/\.this$|\.name$/.test(name) && !used.includes(name))).toEqual(
      [],
    );
  });

  test("makes of an existing VPC what the stack makes of it", () => {
    const { resource } = synthConsumer({ clients: [EXISTING_CLIENT] });
    const constants = (block: Block) =>
      Object.entries(block)
        .filter(([name]) => !["service_name", "vpc_id", "private_dns_enabled"].includes(name))
        .filter(([, value]) => typeof value === "boolean" || /^\w+$/.test(String(value as string)))
        .sort();
    expect(constants(hcl.resource["aws_vpc_endpoint"]!["proxy"]![0])).toEqual(
      constants(resource["aws_vpc_endpoint"]!["client_hq_endpoint"]!),
    );
    // The provider wants it left out beside the resource that switches it on.
    expect(hcl.resource["aws_vpc_endpoint"]!["proxy"]![0]["private_dns_enabled"]).toBe(
      '${var.private_dns_name == "none" ? false : null}',
    );
    const [rule] = Object.values(resource["aws_vpc_security_group_ingress_rule"]!);
    expect(locals["port"]).toBe(rule!["from_port"]);
    const [group] = hcl.resource["aws_security_group"]!["endpoint"]!;
    expect(group["ingress"]).toMatchObject([{ protocol: rule!["ip_protocol"] }]);
    expect(group["description"]).toBe(
      resource["aws_security_group"]!["client_hq_endpoint_sg"]!["description"],
    );
  });

  test("closes the resolver as the stack does", () => {
    const allowedDns = ["db.example.com"];
    const { resource } = synthConsumer({
      clients: [{ ...EXISTING_CLIENT, publicDns: "blocked", allowedDns }],
    });
    const isFirewall = (type: string) => type.startsWith("aws_route53_resolver_firewall_");
    const types = Object.keys(resource).filter(isFirewall).sort();
    expect(Object.keys(hcl.resource).filter(isFirewall).sort()).toEqual(types);

    // What is not a reference.
    const literal = (block: Block) =>
      Object.entries(block)
        .filter(([, value]) => /^[\w*]+$/.test(String(value as string)))
        .filter(([name, value]) => name !== "name" || /^(allow|block)$/.test(value as string))
        .sort();
    for (const type of types) {
      const [module, stack] = [hcl.resource[type]!, resource[type]!];
      expect([type, Object.values(module).map(([block]) => literal(block))]).toEqual([
        type,
        Object.values(stack).map(literal),
      ]);
      for (const [block] of Object.values(module)) {
        expect(block["count"]).toBe("${local.firewalls}");
      }
    }
    const association = "aws_route53_resolver_firewall_rule_group_association";
    const dependsOn = (block: Block) => (block["depends_on"] as string[]).map(typeOf).sort();
    expect(dependsOn(hcl.resource[association]!["this"]![0])).toEqual(
      dependsOn(Object.values(resource[association]!)[0]!),
    );

    const allow = "aws_route53_resolver_firewall_domain_list";
    expect(hcl.resource[allow]!["allow"]![0]["domains"]).toBe(
      "${concat(local.resolved_names, local.further_names, var.allowed_dns)}",
    );
    // The stack's workspace is its region.
    const known = (names: unknown) =>
      (names as string[]).map((name) =>
        name
          .replace(/^.*replace\(.*dns_entry.*, "(.*)", "\*"\).*$/, "the endpoint's, by $1")
          .replace("${local.proxy_host}", "proxy.internal")
          .replace("${data.aws_region.current.id}", "${terraform.workspace}"),
      );
    const [, stack] = Object.entries(resource[allow]!).find(([name]) => name.includes("allow"))!;
    expect([...known(locals["resolved_names"]), ...allowedDns]).toEqual(known(stack["domains"]));
  });

  test("leaves the resolver as it is by default, as the stack does", () => {
    const { resource } = synthConsumer({ clients: [EXISTING_CLIENT] });
    expect(resource).not.toHaveProperty("aws_route53_resolver_firewall_rule_group");
    expect(hcl.variable["public_dns"]![0]["default"]).toBe("allowed");
    expect(locals["firewalls"]).toBe('${var.public_dns == "blocked" ? 1 : 0}');
  });
});

/** The type in a reference. */
function typeOf(reference: string): string {
  return /aws_\w+/.exec(reference)![0];
}

function names(section: Hcl["resource"]): string[] {
  return Object.entries(section).flatMap(([type, blocks]) =>
    Object.keys(blocks).map((name) => `${type}.${name}`),
  );
}

describe("the example", () => {
  test("calls it twice, with what it needs and nothing that it does not know", () => {
    const calls = Object.values(example.module).map(([call]) => call);
    expect(calls).toHaveLength(2);
    const required = Object.entries(hcl.variable)
      .filter(([, [variable]]) => !("default" in variable))
      .map(([name]) => name);
    for (const { source, ...inputs } of calls) {
      expect(path.join(EXAMPLE, String(source))).toBe(MODULE);
      expect(Object.keys(inputs)).toEqual(expect.arrayContaining(required));
      expect(Object.keys(hcl.variable)).toEqual(expect.arrayContaining(Object.keys(inputs)));
    }
  });

  test("uses outputs that the module has", () => {
    const text = readFileSync(path.join(EXAMPLE, "main.tf"), "utf8");
    const used = [...text.matchAll(/module\.\w+\.(\w+)/g)].map(([, name]) => name);
    expect(Object.keys(hcl.output)).toEqual(expect.arrayContaining(used));
  });
});

test("README.md has every input and output", () => {
  const readme = readFileSync(path.join(MODULE, "README.md"), "utf8");
  const rows = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  expect(rows).toEqual([...Object.keys(hcl.variable), ...Object.keys(hcl.output)]);
});

describeWith([TERRAFORM], "Terraform", () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), "proxy-client-"));
    // The variables alone need no provider.
    cpSync(path.join(MODULE, "variables.tf"), path.join(folder, "variables.tf"));
    writeFileSync(
      path.join(folder, "ok.tf"),
      'terraform {\n  required_version = ">= 1.9"\n}\n\noutput "ok" {\n  value = var.service_name\n}\n',
    );
    execFileSync("terraform", ["init", "-backend=false"], { cwd: folder, stdio: "ignore" });
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test("finds the format right", () => {
    const { status, stdout } = spawnSync("terraform", ["fmt", "-check", "-recursive", MODULE], {
      encoding: "utf8",
    });
    expect([status, stdout]).toEqual([0, ""]);
  });

  const RIGHT = {
    service_name: SERVICE_NAME,
    vpc_id: "vpc-0123456789abcdef0",
    subnet_ids: ["subnet-0123456789abcdef0"],
  };

  const blocked = (name: string) => ({ public_dns: "blocked", allowed_dns: [name] });

  function plan(variables: object) {
    writeFileSync(path.join(folder, "terraform.tfvars.json"), JSON.stringify(variables));
    const { status, stderr } = spawnSync("terraform", ["plan", "-no-color", "-input=false"], {
      cwd: folder,
      encoding: "utf8",
      env: { ...process.env, CHECKPOINT_DISABLE: "1", TF_WORKSPACE: undefined },
    });
    return { status, said: stderr.replaceAll(/[│\s]+/g, " ") };
  }

  test.each<[string, object]>([
    ["what it needs", {}],
    [
      "all there is",
      {
        zone_ids: ["use1-az1", "apne1-az4"],
        name: "office-2",
        allowed_cidrs: ["172.16.0.0/16", "10.0.0.0/8"],
        allowed_security_group_ids: ["sg-01234567"],
        dns_name: "proxy.corp.example",
        public_dns: "blocked",
        allowed_dns: ["db.example.com", "*.corp.example", "*.9.10.in-addr.arpa", "host"],
        tags: { CostCentre: "4711" },
      },
    ],
    ["no name", { dns_name: "none" }],
  ])("takes %s", (_, variables) => {
    expect(plan({ ...RIGHT, ...variables })).toEqual({ status: 0, said: expect.anything() });
  });

  test.each<[string, object, string]>([
    [
      "a service's id",
      { service_name: "vpce-svc-01234567" },
      "must be the name of an endpoint service",
    ],
    ["a zone's name", { zone_ids: ["us-east-1a"] }, "must be ids such as use1-az1"],
    ["capitals", { name: "Office" }, "name must be lower-case letters"],
    ["a long name", { name: "a".repeat(29) }, "28 characters at most"],
    ["a group's name", { name: "sg-a" }, 'not begin with "sg-"'],
    ["another id for a VPC", { vpc_id: "subnet-01234567" }, "must be the id of a VPC"],
    ["no subnet", { subnet_ids: [] }, "must be one or more ids of subnets"],
    ["host bits", { allowed_cidrs: ["172.16.0.1/16"] }, "with no host bits set"],
    ["no network", { allowed_cidrs: ["office"] }, "must be IPv4 networks"],
    ["IPv6", { allowed_cidrs: ["fd00::/8"] }, "must be IPv4 networks"],
    ["everyone", { allowed_cidrs: ["0.0.0.0/0"] }, "the proxy is never open to everyone"],
    ["no group", { allowed_security_group_ids: ["web"] }, "must be ids of security groups"],
    ["a name without a dot", { dns_name: "proxy" }, "a DNS name in lower case with a dot"],
    ["an empty name", { dns_name: "" }, "a DNS name in lower case with a dot"],
    ["another word", { public_dns: "closed" }, 'public_dns must be "allowed" or "blocked"'],
    ["capitals in a name", blocked("DB.example.com"), "allowed_dns must be names in lower case"],
    ["a star inside", blocked("db.*.example.com"), "allowed_dns must be names in lower case"],
    ["all names", blocked("*"), "allowed_dns must be names in lower case"],
    ["all names of a registry", blocked("*.com"), "all names below a registry"],
    ["all names of addresses", blocked("*.in-addr.arpa"), "all names below a registry"],
    ["a name of AWS's", { dns_name: "s3.us-east-1.amazonaws.com" }, "none of AWS's names"],
    [
      "names where all are resolved",
      { allowed_dns: ["db.example.com"] },
      'is for public_dns = "blocked" only',
    ],
    ["the tag Name", { tags: { Name: "x" } }, "must not have Name"],
  ])("refuses %s in a sentence", (_, variables, message) => {
    const { status, said } = plan({ ...RIGHT, ...variables });
    expect([status, said]).toEqual([1, expect.stringContaining(message)]);
  });
});

describe("npm run client:module", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), "proxy-client-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (target: string) => writeModule(CHECKOUT, target);

  test("writes all of it into a new folder, and into an empty one", () => {
    mkdirSync(path.join(folder, "empty"));
    for (const name of ["new", "empty"]) {
      const target = path.join(folder, name);
      expect(write(target)).toEqual(moduleFiles(MODULE));
      expect(moduleFiles(target)).toEqual(moduleFiles(MODULE));
    }
    expect(moduleFiles(MODULE)).toContain("examples/two-vpcs/main.tf");
  });

  test("leaves a folder as it is that has it already", () => {
    const target = path.join(folder, "new");
    write(target);
    expect(write(target)).toEqual(moduleFiles(MODULE));
  });

  test.each(["main.tf", "notes.txt", ".hidden"])(
    "refuses a folder with %s, and writes nothing",
    (file) => {
      writeFileSync(path.join(folder, file), "mine");
      expect(() => write(folder)).toThrow(
        `${folder} has other files: ${file}. Name an empty folder`,
      );
      expect(readdirSync(folder)).toEqual([file]);
      expect(readFileSync(path.join(folder, file), "utf8")).toBe("mine");
    },
  );

  test("says of a folder in none that it cannot be written, and leaves nothing", () => {
    const target = path.join(folder, "missing", "new");
    expect(() => write(target)).toThrow(
      /cannot be written \(ENOENT\)\. Name a folder in one that exists/,
    );
    expect(readdirSync(folder)).toEqual([]);
  });

  test("does not take a file for a folder", () => {
    const target = path.join(folder, "file");
    writeFileSync(target, "mine");
    expect(() => write(target)).toThrow(/cannot be written \(ENOTDIR\)/);
    expect(readdirSync(folder)).toEqual(["file"]);
  });
});
