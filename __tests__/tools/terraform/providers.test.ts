import { PROVIDERS, requireKnownProviders } from "../../../src/tools/terraform/providers";
import { FLEETS, synthFleet } from "../../helpers/fleet";

const BUILTIN = "terraform.io/builtin/terraform";

const resource = (address: string) => ({ provider: `provider["${address}"]` });

/** The address in full of a provider as a configuration may name it. */
function addressOf(source: string): string {
  const parts = source.split("/");
  return ["registry.terraform.io", "hashicorp"]
    .slice(0, 3 - parts.length)
    .concat(parts)
    .join("/");
}

test("the known providers are those of the fleets, and Terraform's own", () => {
  const sources = Object.values(FLEETS).flatMap((settings) =>
    Object.values(
      synthFleet(settings).terraform["required_providers"] as Record<string, { source: string }>,
    ).map(({ source }) => source),
  );
  expect([...new Set(sources.map(addressOf)), BUILTIN].sort()).toEqual([...PROVIDERS].sort());
});

test("a state of the fleet's providers, or of none, is taken", () => {
  const aliased = { provider: `provider["${PROVIDERS[0]}"].other` };
  for (const resources of [[], [...PROVIDERS.map(resource), aliased]]) {
    expect(() => requireKnownProviders(resources, "us-east-1")).not.toThrow();
  }
});

test.each([
  'provider["registry.terraform.io/somebody/aws"]',
  'provider["example.test/hashicorp/aws"]',
  'module.part.provider["registry.terraform.io/somebody/aws"].other',
  "provider.aws",
])("a state with %s is refused", (provider) => {
  expect(() => requireKnownProviders([resource(BUILTIN), { provider }], "us-east-1")).toThrow(
    "The state of us-east-1 has resources of providers that are not the fleet's: ",
  );
});

test("all are named, each once", () => {
  const others = ["registry.terraform.io/one/x", "registry.terraform.io/two/y"];
  expect(() => requireKnownProviders([...others, ...others].map(resource), "us-east-1")).toThrow(
    `that are not the fleet's: ${others.join(", ")}. Terraform would download`,
  );
});
