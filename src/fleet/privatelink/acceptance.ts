/**
 * Who lets an endpoint connect to the endpoint service: anyone who is allowed to create one
 * (`automatic`), or somebody who accepts each by itself (`explicit`).
 */
export type Acceptance = "automatic" | "explicit";
