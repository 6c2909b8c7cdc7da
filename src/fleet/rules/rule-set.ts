/** Whether what a rule set refuses is refused, or passed and marked in the log. */
export type DomainFilter = "enforce" | "report";

/** Stands for the fleet's region in a rule, because one set serves every region. */
export const REGION_PLACEHOLDER = "{region}";

/** One line of a list: what it says, and where. */
export interface Rule {
  /**
   * In lower case: a name (`example.com`), a name and all below it (`.example.com`), either of them with
   * one label in the middle that may be any (`ec2.*.amazonaws.com`), or an address or network in CIDR
   * notation (`198.51.100.7/32`). May have `{region}` in it.
   */
  readonly text: string;
  /** The file, relative to the checkout, and the line, from 1. Of a bundle's rule, those in the bundle. */
  readonly file: string;
  readonly line: number;
}

/** Who may reach what. Without allowed rules everything may be reached that is not denied. */
export interface RuleSet {
  readonly name: string;
  readonly domainFilter: DomainFilter;
  readonly allowed: readonly Rule[];
  readonly denied: readonly Rule[];
}

/** All rules of a fleet. */
export interface Rules {
  readonly sets: readonly RuleSet[];
  /** What the fleet's own clients reach, whatever their set says, so that Session Manager does. */
  readonly always: readonly Rule[];
}

/** What holds for an endpoint that nobody named: the set "default", or nothing is let through. */
export type UnknownClients = "default" | "deny";
