import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { EXISTING_VPC, synthFleet } from "../../helpers/fleet";
import type { TerraformBlock } from "../../helpers/synth";
import { describeWith, TERRAFORM } from "../../helpers/tools";

/*
 * The conditions as the stack has them, evaluated by Terraform itself, without the AWS provider: what a
 * data source would say is a local value here, and whatever has conditions is a `terraform_data`.
 */

const ADDRESS = "client_office_vpc";
const [first, second] = EXISTING_VPC.subnetIds;

const json = synthFleet({
  regions: ["us-east-1"],
  clients: [{ name: "office", ...EXISTING_VPC }],
});

interface Condition {
  readonly condition: string;
  readonly error_message: string;
}

/** What AWS knows of a VPC that fits. */
const FITTING = {
  [`aws_vpc_${ADDRESS}`]: {
    enable_dns_support: true,
    enable_dns_hostnames: true,
    cidr_block_associations: [{ cidr_block: "10.20.0.0/16" }, { cidr_block: "10.21.0.0/16" }],
  },
  [`aws_subnet_${ADDRESS}_subnet_1`]: {
    vpc_id: EXISTING_VPC.vpcId,
    availability_zone: "us-east-1a",
  },
  [`aws_subnet_${ADDRESS}_subnet_2`]: {
    vpc_id: EXISTING_VPC.vpcId,
    availability_zone: "us-east-1b",
  },
  aws_subnet_service_private_1: { availability_zone: "us-east-1a" },
  aws_subnet_service_private_2: { availability_zone: "us-east-1b" },
};

/** A reference to what the stack looks up or makes as one to the local value that stands for it. */
const localised = (text: string) =>
  text
    .replaceAll(/\bdata\.(aws_vpc|aws_subnet)\.(\w+)/g, "local.$1_$2")
    .replaceAll(/(?<!\.)\baws_subnet\.(\w+)/g, "local.aws_subnet_$1");

function conditionsOf(block: TerraformBlock, self: string) {
  const { precondition = [], postcondition = [] } = block["lifecycle"] as Record<
    string,
    Condition[]
  >;
  return [...precondition, ...postcondition].map(({ condition, error_message }) => ({
    condition: localised(condition).replaceAll(/\bself\./g, `local.${self}.`),
    error_message: localised(error_message).replaceAll(/\bself\./g, `local.${self}.`),
  }));
}

/** A configuration that has the stack's conditions, and knows of AWS what it is told. */
function configuration(known: object) {
  const looked = ["aws_vpc", "aws_subnet"].flatMap((type) =>
    Object.entries(json.data![type]!).map(([name, block]): [string, TerraformBlock] => [
      `${type}_${name}`,
      block,
    ]),
  );
  const checked: [string, TerraformBlock][] = [
    ...looked,
    ["endpoint", json.resource["aws_vpc_endpoint"]!["client_office_endpoint"]!],
  ];
  const rule = json.resource["aws_vpc_security_group_ingress_rule"]!;
  return {
    locals: { ...FITTING, ...known },
    resource: {
      terraform_data: {
        ...Object.fromEntries(
          checked.map(([name, block]) => [
            name,
            { lifecycle: { precondition: conditionsOf(block, name) } },
          ]),
        ),
        rule: {
          for_each: localised(String(rule["client_office_endpoint_sg_from_vpc"]!["for_each"])),
          input: "${each.value}",
        },
      },
    },
  };
}

describeWith([TERRAFORM], "a plan with a VPC that is there", () => {
  const directory = mkdtempSync(path.join(tmpdir(), "existing-vpc-"));

  afterAll(() => rmSync(directory, { recursive: true }));

  /** What Terraform says, in one line. */
  function plan(known: object): string {
    writeFileSync(path.join(directory, "main.tf.json"), JSON.stringify(configuration(known)));
    for (const args of [["init"], ["plan", "-no-color"]]) {
      const { status, stdout, stderr } = spawnSync("terraform", args, {
        cwd: directory,
        encoding: "utf8",
      });
      if (status !== 0) return stderr.replaceAll(/\s*\n[│\s]*/g, " ");
      if (args[0] === "plan") return stdout;
    }
    throw new Error("unreachable");
  }

  test("makes a rule for each of its networks", () => {
    const text = plan({});
    expect(text).toContain('terraform_data.rule["10.20.0.0/16"] will be created');
    expect(text).toContain('terraform_data.rule["10.21.0.0/16"] will be created');
  });

  test.each<[string, object, string]>([
    [
      "without DNS resolution",
      { [`aws_vpc_${ADDRESS}`]: { enable_dns_support: false } },
      `Client office: DNS resolution is switched off in ${EXISTING_VPC.vpcId}, and the proxy's name needs it. ` +
        `Switch it on: aws ec2 modify-vpc-attribute --vpc-id ${EXISTING_VPC.vpcId} --enable-dns-support Value=true`,
    ],
    [
      "without DNS hostnames",
      { [`aws_vpc_${ADDRESS}`]: { enable_dns_hostnames: false } },
      `Client office: DNS hostnames are switched off in ${EXISTING_VPC.vpcId}`,
    ],
    [
      "with a subnet of another VPC",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { vpc_id: "vpc-other" } },
      `Client office: ${second} is a subnet of vpc-other, not of ${EXISTING_VPC.vpcId}. ` +
        `Name subnets of ${EXISTING_VPC.vpcId}, or the VPC that they are in.`,
    ],
    [
      "with two subnets in one zone",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { availability_zone: "us-east-1a" } },
      `Client office: ${second} is in us-east-1a, as ${first} is. Name one subnet of each zone.`,
    ],
    [
      "with a subnet where the service is not",
      { [`aws_subnet_${ADDRESS}_subnet_2`]: { availability_zone: "us-east-1f" } },
      "Client office: its subnets are in us-east-1a, us-east-1f, and the service is in us-east-1a, us-east-1b alone. " +
        "Name subnets in these zones, one in each.",
    ],
  ])("fails %s, and says what to do", (_, differing, message) => {
    const known = Object.fromEntries(
      Object.entries(differing).map(([name, part]) => [
        name,
        { ...FITTING[name as keyof typeof FITTING], ...(part as object) },
      ]),
    );
    expect(plan(known)).toContain(message);
  });
});
