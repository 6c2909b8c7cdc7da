import {
  AddClientIDToOpenIDConnectProviderCommand,
  CreateOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  type IAMClient,
} from "@aws-sdk/client-iam";
import { nameOf } from "../aws-errors";
import { AUDIENCE, GITHUB_OIDC_PROVIDER, oidcProviderArn } from "./trust-policy";

/**
 * Makes GitHub's OIDC provider where the account has none. An existing one belongs to others too:
 * all it may get is the audience that it lacks.
 */
export async function ensureOidcProvider(accountId: string, iam: IAMClient): Promise<void> {
  const provider = { OpenIDConnectProviderArn: oidcProviderArn(accountId) };
  try {
    const { ClientIDList = [] } = await iam.send(new GetOpenIDConnectProviderCommand(provider));
    if (ClientIDList.includes(AUDIENCE)) return;
    await iam.send(
      new AddClientIDToOpenIDConnectProviderCommand({ ...provider, ClientID: AUDIENCE }),
    );
  } catch (error) {
    if (nameOf(error) !== "NoSuchEntityException") throw error;
    // Without thumbprints: AWS knows GitHub's certificate authority.
    await iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: `https://${GITHUB_OIDC_PROVIDER}`,
        ClientIDList: [AUDIENCE],
      }),
    );
  }
}
