import { UserError } from "./user-error";

/** What an error of AWS is called: the code of the network's, or the name of the service's. */
export function nameOf(error: unknown): string {
  const { name, code } = error as { name?: string; code?: string };
  return code ?? name ?? "";
}

/**
 * What the errors mean that any call to AWS may end with: credentials that are missing, expired or
 * wrong, AWS out of reach or too busy. Others, a UserError among them, pass unchanged.
 */
export function explainAwsError(error: unknown, region: string): unknown {
  const name = nameOf(error);
  // An attempt at several addresses has a code, and no message of its own.
  const message = (error as { message?: string }).message || name;
  switch (name) {
    case "CredentialsProviderError":
      return new UserError(
        "There are no AWS credentials. Set AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, in a Learner Lab, " +
          'AWS_SESSION_TOKEN (AWS Details, "AWS CLI: Show"), or AWS_PROFILE, a profile that has them. ' +
          `The AWS SDK says: ${message}`,
      );
    case "ExpiredToken":
    case "ExpiredTokenException":
      return new UserError(
        "The AWS credentials have expired. A Learner Lab gives new ones with each start of the lab.",
      );
    case "InvalidClientTokenId":
    case "InvalidSignatureException":
    case "SignatureDoesNotMatch":
    case "UnrecognizedClientException":
      return new UserError(`AWS does not accept the credentials: ${message}`);
    case "Throttling":
    case "ThrottlingException":
    case "TooManyRequestsException":
      return new UserError(
        `AWS takes no more requests in region ${region} for now: ${message}. Try again in a minute.`,
      );
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "ECONNREFUSED":
    case "ECONNRESET":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
    case "EPIPE":
    case "ETIMEDOUT":
    case "TimeoutError":
      return new UserError(`AWS cannot be reached in region ${region}: ${message}`);
    default:
      return error;
  }
}
