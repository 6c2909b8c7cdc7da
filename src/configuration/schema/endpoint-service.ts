import { group, oneOf, set, text } from "./checks";
import { reject } from "./mistakes";

export const endpointService = group({
  allowedPrincipals: set(
    text(
      /^(\*|arn:aws:iam::\d{12}:(root|(role|user)\/[\w+=,.@/-]+))$/,
      'IAM principals such as arn:aws:iam::123456789012:root, or "*"',
    ),
    "a list of IAM principals such as arn:aws:iam::123456789012:root",
  ).default([]),
  acceptance: oneOf("automatic", "explicit").default("automatic"),
}).superRefine(({ allowedPrincipals, acceptance }, context) => {
  if (allowedPrincipals.includes("*") && acceptance === "automatic") {
    const allowed = '"explicit" when allowedPrincipals has "*": every AWS account could connect';
    reject(context, ["acceptance"], acceptance, allowed);
  }
});
