import { planPreview } from "../../../src/tools/rules/plan-preview";
import { LogsInsights } from "../../helpers/logs-insights";
import { apiError } from "../../helpers/systems-manager";
import { checkoutRules } from "./checkout-rules";
import { logged } from "./logged";

const SETTINGS = {
  account: "standard",
  github: { repository: "example/proxy-fleet", oidcProvider: "create", rulesPreview: "on" },
};

const insights = new LogsInsights("/ecs/proxy-web");
const original = { ...process.env };

beforeAll(async () => {
  await insights.start();
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: insights.endpoint,
    AWS_ACCESS_KEY_ID: "testing",
    AWS_SECRET_ACCESS_KEY: "testing",
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  });
});
beforeEach(() => {
  const time = new Date(Date.now() - 60_000).toISOString();
  const message = JSON.stringify({ ...logged({ host: "a.example" }), time });
  insights.events = [{ stream: "squid/squid/a1", timestamp: Date.parse(time), message }];
  insights.requests.length = 0;
  insights.answer = () => undefined;
});
afterAll(() => {
  insights.stop();
  process.env = original;
});

test("shows what changed rules would do to last week's requests", async () => {
  const preview = await planPreview(checkoutRules([{ allowed: ["b.example"] }], SETTINGS));
  expect(preview).toMatch(
    /^The rules of this checkout, against 1 request of \/ecs\/proxy-web in us-east-1, the last 7d:/,
  );
  expect(preview).toContain("**Newly denied: 1 request**");
});

test("is nothing, and asks nobody, where the settings do not ask for it", async () => {
  const { repository, oidcProvider } = SETTINGS.github;
  for (const settings of [{}, { account: "standard", github: { repository, oidcProvider } }]) {
    expect(await planPreview(checkoutRules([{}], settings))).toBeUndefined();
  }
  expect(insights.requests).toEqual([]);
});

test.each([
  "AccessDeniedException",
  "ResourceNotFoundException",
  "ExpiredTokenException",
  "MalformedQueryException",
])("says in one line that there is none, after %s", async (name) => {
  insights.answer = () => apiError(name, "so\nit is");
  const preview = await planPreview(checkoutRules([{}], SETTINGS));
  expect(preview).toMatch(/^There is no preview\. `[^\n]*`$/);
});
