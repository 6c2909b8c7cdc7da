import { addresses, type TerraformJson } from "./synth";

/** Names that begin a reference in Terraform without being an element of the stack. */
const BUILT_IN = ["self", "terraform.workspace"];

/**
 * The references of a synthesised stack to elements that are not in it: inside `${…}`, in
 * `depends_on`, and in the provider that a block names.
 */
export function danglingReferences(json: TerraformJson): string[] {
  const known = new Set(addresses(json));
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
