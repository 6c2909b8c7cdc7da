import { CLIENT_STACK_ID } from "../../fleet/names";
import { CLIENT_STATES, FLEET_STATES, type StateFolders } from "../../fleet/stack/backend";

/** What differs between the stacks that are deployed to a region, which is their workspace. */
export interface StackKind {
  /** What messages call it. */
  readonly noun: string;
  readonly states: StateFolders;
  /** The script of package.json that does to it what this one does to a fleet. */
  readonly script: (name: string) => string;
}

const FLEET: StackKind = { noun: "fleet", states: FLEET_STATES, script: (name) => name };
const CLIENT: StackKind = {
  noun: "consumer",
  states: CLIENT_STATES,
  script: (name) => `client:${name}`,
};

/** What kind of stack it is: a fleet, or a consumer's clients. */
export function kindOfStack(stackId: string): StackKind {
  return stackId === CLIENT_STACK_ID ? CLIENT : FLEET;
}
