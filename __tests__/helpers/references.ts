import { addresses, type TerraformBlock, type TerraformJson } from "./synth";

/** Names that begin a reference in Terraform without being an element of the stack. */
const BUILT_IN = ["self", "each", "terraform.workspace"];

/**
 * The references of a synthesised stack to elements that are not in it: inside `${…}`, in
 * `depends_on`, and in the provider that a block names.
 */
export function danglingReferences(json: TerraformJson): string[] {
  const known = new Set([...addresses(json), ...localAddresses(json)]);
  const providers = Object.keys(json.provider);
  const dangling: string[] = [];

  const visit = (value: unknown, key = ""): void => {
    if (typeof value === "string") {
      if (key === "depends_on" && !known.has(value)) dangling.push(value);
      if (key === "provider" && !providers.includes(value)) dangling.push(value);
      for (const reference of referencesIn(value)) {
        if (!known.has(reference)) dangling.push(reference);
      }
    } else if (Array.isArray(value)) {
      value.forEach((item) => visit(item, key));
    } else if (typeof value === "object" && value !== null) {
      Object.entries(value).forEach(([name, item]) => visit(item, name));
    }
  };
  visit({ ...json, "//": undefined });
  return dangling;
}

/**
 * What must exist before an element, however many others are between them.
 *
 * @throws Error where elements wait for each other.
 */
export function prerequisites(json: TerraformJson, address: string): Set<string> {
  const found = new Set<string>();
  const visit = (element: string, path: readonly string[]): void => {
    if (path.includes(element)) throw new Error([...path, element].join(" waits for "));
    if (found.has(element)) return;
    found.add(element);
    for (const next of neededBy(json, element)) visit(next, [...path, element]);
  };
  neededBy(json, address).forEach((element) => visit(element, [address]));
  return found;
}

/** The elements that one names, in its expressions or as a dependency. */
function neededBy(json: TerraformJson, address: string): string[] {
  const block = blockAt(json, address);
  const own = typeof block === "object" && block !== null ? (block as TerraformBlock) : {};
  const named = (own["depends_on"] as string[] | undefined) ?? [];
  // Without line breaks and quotes escaped, as a text has them that is inside another one.
  return [...named, ...referencesIn(JSON.stringify(block).replaceAll("\\", ""))];
}

function blockAt(json: TerraformJson, address: string): unknown {
  const [first = "", second = "", third = ""] = address.split(".");
  if (first === "local") return json.locals?.[second];
  if (first === "data") return json.data?.[second]?.[third];
  if (first === "ephemeral") return json.ephemeral?.[second]?.[third];
  return json.resource[first]?.[second];
}

function localAddresses({ locals = {} }: TerraformJson): string[] {
  return Object.keys(locals).map((name) => `local.${name}`);
}

/** The addresses that a string's expressions refer to. */
export function referencesIn(text: string): string[] {
  return [...text.matchAll(/\$\{((?:[^{}]|\{[^{}]*\})*)\}/g)].flatMap(([, expression]) => {
    const withoutStrings = expression!.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""');
    const traversals = withoutStrings.match(/[a-z_][\w-]*(?:\.[a-z_][\w-]*)+/gi) ?? [];
    return traversals
      .filter((traversal) => !BUILT_IN.some((name) => `${traversal}.`.startsWith(`${name}.`)))
      .map((traversal) => {
        const parts = traversal.split(".");
        return parts.slice(0, ["data", "ephemeral"].includes(parts[0]!) ? 3 : 2).join(".");
      });
  });
}
