import { RULES } from "./rules";
import { sources, withMistake } from "./workflows";

test.each(Object.entries(RULES))("the workflows keep the rule: %s", (_, rule) => {
  expect(rule(sources)).toEqual([]);
});

/** Each rule with a mistake that it must find. */
const MISTAKES: [rule: string, file: string, from: string, to: string][] = [
  [
    "pinned",
    "ci.yml",
    "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd",
    "actions/checkout@v6",
  ],
  ["pinned", "ci.yml", "83dd # v6.0.2", "83dd"],
  ["pinned", "ci.yml", "@de0fac2e", "@00000000"],
  ["pinned", "ci.yml", "actions/setup-go@", "somebody/setup-go@"],
  ["pinned", "plan.yml", "./.github/actions/plan", "./.github/actions/plans"],
  ["events", "plan.yml", "pull_request:", "pull_request_target:"],
  ["events", "deploy.yml", "workflow_dispatch:", "push:"],
  ["permissions", "ci.yml", "permissions: {}", "permissions: write-all"],
  ["permissions", "ci.yml", "contents: read", "contents: write"],
  ["tokens", "plan.yml", "pull-requests: write", "pull-requests: write\n      id-token: write"],
  ["tokens", "plan.yml", "contents: read", "issues: write"],
  ["tokens", "plan.yml", "ref: ${{ github.event.pull_request.base.sha }}", "fetch-depth: 1"],
  ["tokens", "ci.yml", "cache: npm", "token: ${{ github.token }}"],
  ["secrets", "plan.yml", "${{ github.token }}", "${{ secrets.TOKEN }}"],
  ["secrets", "deploy.yml", "    with:", "    secrets: inherit\n    with:"],
  ["checkouts", "drift.yml", "persist-credentials: false", "fetch-depth: 1"],
  ["concurrency", "plan.yml", "cancel-in-progress: false", "cancel-in-progress: true"],
  ["concurrency", "plan.yml", "group: plan-${{ github.event.pull_request.number }}", "group: plan"],
  ["concurrency", "deploy.yml", "group: deploy-${{ matrix.region }}", "group: deploy"],
  ["locks", "deploy-region.yml", "      TF_CLI_ARGS_apply: -lock-timeout=5m\n", ""],
  ["locks", "plan.yml", "      STATE_BUCKET: ${{ vars.STATE_BUCKET }}\n", ""],
  ["regions", "plan.yml", "fail-fast: false", "fail-fast: true"],
  ["regions", "drift.yml", '"us-east-1","us-west-2"', '"us-east-1"'],
  ["regions", "deploy.yml", "inputs.region != 'all' &&", "inputs.region == 'all' &&"],
  [
    "regions",
    "drift.yml",
    "kind: issue\n          regions: ${{ vars.FLEET_REGIONS || ",
    "kind: issue\n          regions: ${{ ",
  ],
  ["artifacts", "plan.yml", "/result.json", "/plan.json"],
  ["artifacts", "drift.yml", "/comment.md", "/*"],
  ["artifacts", "publish/action.yml", "merge-multiple: true", "merge-multiple: false"],
  ["artifacts", "plan.yml", "        if: ${{ !cancelled() }}\n", ""],
  ["artifacts", "deploy-region.yml", "actions/upload-artifact@", "actions/cache@"],
  ["timeouts", "drift.yml", "    timeout-minutes: 15\n", ""],
  ["shell", "deploy-region.yml", '"$FINGERPRINT"', "${{ needs.plan.outputs.fingerprint }}"],
  ["shell", "publish/action.yml", "shell: bash", "shell: sh"],
  ["scripts", "deploy-region.yml", "src/tools/commands/apply.ts", "npm run destroy"],
  ["ci", "ci.yml", "run: .ci/run", "run: npm test"],
  ["ci", "publish/action.yml", "node-version-file: .nvmrc", "node-version: 24"],
  ["ci", "plan/action.yml", "terraform_version: 1.11.4", "terraform_version: 1.12.0"],
];

test.each(MISTAKES)("the rule %s finds a mistake in %s: %s", (rule, file, from, to) => {
  expect(RULES[rule]!(withMistake(file, from, to))).not.toEqual([]);
});

test("every rule has a mistake that it finds", () => {
  expect([...new Set(MISTAKES.map(([rule]) => rule))].sort()).toEqual(Object.keys(RULES).sort());
});
