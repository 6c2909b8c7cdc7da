import { PERMISSIONS } from "../../terraform/type-permissions";
import { isUnreadable } from "../expressions";
import type { Rule, Violation } from "../rule";
import { violations } from "../rule";
import {
  argumentsOf,
  ELEMENT_SECTIONS,
  everyElement,
  isBlock,
  nestedBlocks,
  type Argument,
  type Element,
  type StackJson,
  type TerraformBlock,
} from "../terraform-json";

/** The sections of Terraform's JSON that the rules know, or that make nothing. */
const SECTIONS = [
  "terraform",
  "provider",
  "resource",
  "data",
  "ephemeral",
  "output",
  "locals",
  "//",
];

/** The providers that the rules were written for, with the sources that cdktf names. */
const PROVIDERS: Readonly<Record<string, string>> = { aws: "aws", docker: "kreuzwerker/docker" };

/** The types that the rules were written for: those that a fleet can have. */
const KNOWN_TYPES = Object.keys(PERMISSIONS);

/** What makes several things of one, or something other than what is written. `count` makes equal ones. */
const META_ARGUMENTS = ["for_each", "dynamic", "provisioner"];

/** What the other rules cannot see through is broken until somebody has looked at it. */
export const readable: Rule = {
  name: "readable",
  reason:
    "A rule that cannot read something must not pass it. Write out what is judged by its value, in the form that cdktf " +
    "gives it, and of types that the rules were written for; for another type, add a rule, or a waiver that says why none is needed.",
  violatedBy: {
    resource: {
      aws_vpc_security_group_ingress_rule: { open: { cidr_ipv4: "${local.anywhere}" } },
    },
  },
  check: (stack) => [
    ...sections(stack),
    ...providers(stack),
    ...lists(stack),
    ...everyElement(stack).flatMap((element) =>
      violations(element, [
        ...unknownType(element),
        ...metaArguments(element),
        ...expressions(element),
      ]),
    ),
  ],
};

function sections(stack: StackJson): Violation[] {
  return Object.entries(stack)
    .filter(([section]) => !SECTIONS.includes(section))
    .flatMap(([section, content]) => {
      const names = isBlock(content) ? Object.keys(content).map((name) => `.${name}`) : [""];
      return names.map((name) => ({
        address: `${section}${name}`,
        message: `is in the section ${section}, into which no rule looks`,
      }));
    });
}

function providers({ provider = {}, terraform = {} }: StackJson): Violation[] {
  if (!isBlock(provider)) return [notAnObject("provider")];
  const required = isBlock(terraform) ? nestedBlocks(terraform, "required_providers") : [];
  const foreign = required
    .flatMap((block) => Object.entries(block))
    .filter(([name, block]) => !isBlock(block) || block["source"] !== PROVIDERS[name])
    .map(([name]) => name);
  const unknown = Object.keys(provider).filter((name) => !Object.keys(PROVIDERS).includes(name));
  return [...new Set([...unknown, ...foreign])].map((name) => ({
    address: `provider.${name}`,
    message: "is a provider that no rule was written for",
  }));
}

/** Terraform takes a list wherever it takes an object, and the rules look only into objects. */
function lists(stack: StackJson): Violation[] {
  return ELEMENT_SECTIONS.flatMap(([section, prefix]) => {
    const types = stack[section];
    if (types === undefined) return [];
    if (!isBlock(types)) return [notAnObject(section)];
    return Object.entries(types).flatMap(([type, blocks]) => {
      if (!isBlock(blocks)) return [notAnObject(`${prefix}${type}`)];
      return Object.entries(blocks)
        .filter(([, block]) => !isBlock(block))
        .map(([name]) => notAnObject(`${prefix}${type}.${name}`));
    });
  });
}

function notAnObject(address: string): Violation {
  return { address, message: "must be an object" };
}

function unknownType({ address }: Element): string[] {
  const type = address.slice(0, address.lastIndexOf("."));
  return KNOWN_TYPES.includes(type)
    ? []
    : [`is of the type ${type}, for which a rule may be missing: add one, or a waiver`];
}

function metaArguments({ block }: Element): string[] {
  if (isForNetworksOfVpc(block)) return [];
  const names = argumentsOf(block).map(([name]) => name);
  return META_ARGUMENTS.filter((name) => names.includes(name)).map(
    (name) => `has ${name}, whose effect the rules cannot see`,
  );
}

/** Whether it is made for each network of a VPC that is looked up, none of which is everybody's. */
function isForNetworksOfVpc(block: TerraformBlock): boolean {
  return /^\$\{toset\(data\.aws_vpc\.\w+\.cidr_block_associations\[\*\]\.cidr_block\)\}$/.test(
    String(block["for_each"]),
  );
}

function expressions({ block }: Element): string[] {
  const isEachNetwork = ([name, value]: Argument) =>
    name === "cidr_ipv4" && value === "${each.value}" && isForNetworksOfVpc(block);
  return argumentsOf(block)
    .filter((argument) => isUnreadable(argument) && !isEachNetwork(argument))
    .map(([name, value]) => `${name} is ${JSON.stringify(value)}, which no rule can read`);
}
