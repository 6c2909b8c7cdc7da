import {
  REGION_PLACEHOLDER,
  type DomainFilter,
  type Rule,
  type RuleSet,
  type UnknownClients,
} from "./rule-set";

/** Where the proxies look for the index, below the store's URL. */
export const INDEX_KEY = "index.txt";

/** Where they look for a set. */
export const setKey = (set: string) => `sets/${set}.txt`;

/** An endpoint, and whose it is. */
export interface RuleEndpoint {
  readonly endpointId: string;
  /** The client's or consumer's name. */
  readonly name: string;
  /** The name of its rule set. */
  readonly rules: string;
  /** Whether it reaches what `always` has, too, whatever its set says. */
  readonly always: boolean;
}

export interface IndexProps {
  readonly sets: readonly {
    readonly name: string;
    readonly domainFilter: DomainFilter;
    /** Of the set's object, in hexadecimal digits. */
    readonly sha256: string;
  }[];
  /** See {@link Rules.always}. */
  readonly always: readonly Rule[];
  readonly endpoints: readonly RuleEndpoint[];
  readonly unknownClients: UnknownClients;
  readonly region: string;
}

/** The object of a set: a line for each rule, in an order that the files' own does not change. */
export function setObject({ name, allowed, denied }: RuleSet, region: string): string {
  return lines([
    `# The rules of the set ${name}`,
    ...rules("allow", allowed, region),
    ...rules("deny", denied, region),
  ]);
}

/** The index without its last line, {@link indexChecksum}, which may only be known to Terraform. */
export function indexBody(props: IndexProps): string {
  const { sets, always, endpoints, unknownClients, region } = props;
  return lines([
    "# Which endpoint has which rules",
    "format 1",
    ...sets.map(({ name, domainFilter, sha256 }) => `set ${name} ${domainFilter} ${sha256}`),
    ...rules("always", always, region),
    ...endpoints.map(
      ({ endpointId, name, rules, always }) =>
        `endpoint ${endpointId} ${name} ${rules}${always ? " always" : ""}`,
    ),
    `unknown ${unknownClients}`,
  ]);
}

/** How many digits of the index's checksum are what the proxies' log calls the rules' version. */
export const VERSION_DIGITS = 12;

/** The index's last line. */
export const indexChecksum = (sha256: string) => `sha256 ${sha256}\n`;

function rules(verb: string, list: readonly Rule[], region: string): string[] {
  return [...new Set(list.map(({ text }) => text))]
    .sort()
    .map((text) => `${verb} ${text.replaceAll(REGION_PLACEHOLDER, region)}`);
}

const lines = (texts: readonly string[]) => texts.map((text) => `${text}\n`).join("");
