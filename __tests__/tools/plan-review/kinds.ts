/** A stack in Terraform's JSON syntax; all of its resources are Terraform's own, without a provider. */
type Stack = Record<string, unknown>;

/** How Terraform itself comes to a plan of one kind. */
export interface Kind {
  /** What is deployed beforehand. */
  readonly before?: Stack;
  /** Terraform commands between the deployment and the plan. */
  readonly commands?: readonly (readonly string[])[];
  /** What is planned. */
  readonly after: Stack;
  /** What a reviewer reads of it in a terminal, a line each. */
  readonly table: readonly string[];
}

const data = (resources: Record<string, unknown>, rest: Stack = {}): Stack => ({
  resource: { terraform_data: resources },
  ...rest,
});

const SECRET = '${sensitive("correct horse battery staple")}';

/** The kinds of plan that Terraform makes without any provider. */
export const KINDS: Readonly<Record<string, Kind>> = {
  nothing: {
    before: data({ same: { input: "same" } }),
    after: data({ same: { input: "same" } }),
    table: ["no changes"],
  },
  "empty-stack": { after: { locals: { nothing: true } }, table: ["no changes"] },
  create: {
    after: data(
      {
        first: { input: { name: "web", ports: [80, 443] } },
        second: { input: "${terraform_data.first.id}" },
      },
      { output: { name: { value: "${terraform_data.first.output.name}" } } },
    ),
    table: [
      "create  terraform_data.first",
      "create  terraform_data.second",
      "output  name",
      "2 to create, 1 output changes",
    ],
  },
  "in-place": {
    before: data({ web: { input: { name: "web", ports: [80, 443], old: "x" } } }),
    after: data({ web: { input: { name: "web", ports: [80, 443, 8443], new: "y" } } }),
    table: ["change  terraform_data.web  input, output", "1 to change"],
  },
  replacement: {
    before: data({ disk: { input: "data", triggers_replace: { size: 8 } }, on: { input: "a" } }),
    after: data({
      disk: { input: "data", triggers_replace: { size: 16 } },
      on: { input: "${terraform_data.disk.id}" },
    }),
    table: [
      "replace  terraform_data.disk  forced by triggers_replace",
      "change   terraform_data.on    input, output",
      "1 to replace, 1 to change",
    ],
  },
  "replacement-create-first": {
    before: data({
      disk: { triggers_replace: "a", lifecycle: { create_before_destroy: true } },
    }),
    after: data({
      disk: { triggers_replace: "b", lifecycle: { create_before_destroy: true } },
    }),
    table: [
      "replace  terraform_data.disk  forced by triggers_replace; the new one first",
      "1 to replace",
    ],
  },
  "replacement-triggered": {
    before: data({ cause: { input: "a" }, effect: {} }),
    after: data({
      cause: { input: "b" },
      effect: { lifecycle: { replace_triggered_by: ["terraform_data.cause"] } },
    }),
    table: [
      "replace  terraform_data.effect  forced by replace_triggered_by",
      "change   terraform_data.cause   input, output",
      "1 to replace, 1 to change",
    ],
  },
  tainted: {
    before: data({ broken: { input: "a" } }),
    commands: [["taint", "terraform_data.broken"]],
    after: data({ broken: { input: "a" } }),
    table: ["replace  terraform_data.broken  tainted", "1 to replace"],
  },
  destroy: {
    before: data({ kept: { input: "a" }, gone: { count: 2, input: "b" } }),
    after: data({ kept: { input: "a" }, gone: { count: 1, input: "b" } }),
    table: ["destroy  terraform_data.gone[1]  its index is beyond count", "1 to destroy"],
  },
  moved: {
    before: data({ old: { input: "a" }, changing: { input: "a" } }),
    after: data(
      { new: { input: "a" }, changed: { input: "b" } },
      {
        moved: [
          { from: "terraform_data.old", to: "terraform_data.new" },
          { from: "terraform_data.changing", to: "terraform_data.changed" },
        ],
      },
    ),
    table: [
      "change  terraform_data.changed  input, output; moved from terraform_data.changing",
      "move    terraform_data.new      moved from terraform_data.old",
      "1 to change, 1 to move",
    ],
  },
  imported: {
    after: data({ found: {} }, { import: [{ to: "terraform_data.found", id: "elsewhere" }] }),
    table: ["import  terraform_data.found  imported from elsewhere", "1 to import"],
  },
  forgotten: {
    before: data({ handed_over: { input: "a" } }),
    after: {
      removed: [{ from: "terraform_data.handed_over", lifecycle: { destroy: false } }],
    },
    table: ["forget  terraform_data.handed_over  not in the configuration", "1 to forget"],
  },
  outputs: {
    before: { output: { changed: { value: "a" }, removed: { value: "b" } } },
    after: { output: { changed: { value: "c" }, added: { value: ["d"] } } },
    table: ["output  added", "output  changed", "output  removed", "3 outputs change"],
  },
  unknown: {
    before: data({ source: { input: "a" }, user: { input: { id: "x", list: ["y", "z"] } } }),
    after: data({
      source: { input: "a", triggers_replace: "now" },
      user: {
        input: { id: "${terraform_data.source.id}", list: ["y", "${terraform_data.source.id}"] },
      },
    }),
    table: [
      "replace  terraform_data.source  forced by triggers_replace",
      "change   terraform_data.user    input, output",
      "1 to replace, 1 to change",
    ],
  },
  sensitive: {
    before: data(
      { login: { input: { user: "admin", password: SECRET } }, copy: { input: "old" } },
      { output: { password: { value: SECRET, sensitive: true } } },
    ),
    after: data(
      {
        login: { input: { user: "root", password: '${sensitive("another horse entirely")}' } },
        // The secret comes without its mark: the attribute of the provider has none.
        copy: { input: "${nonsensitive(terraform_data.login.output.password)}" },
      },
      {
        output: { password: { value: '${sensitive("another horse entirely")}', sensitive: true } },
      },
    ),
    table: [
      "change  terraform_data.copy   input, output",
      "change  terraform_data.login  input, output",
      "output  password",
      "2 to change, 1 output changes",
    ],
  },
  errors: {
    before: data({ fine: { input: "a" } }),
    after: data(
      {
        fine: { input: "b" },
        wrong: {
          input: "c",
          depends_on: ["terraform_data.fine"],
          lifecycle: {
            precondition: [
              { condition: '${var.size == "large"}', error_message: "The size must be large." },
            ],
          },
        },
      },
      { variable: { size: { default: "small" } } },
    ),
    table: [
      "change  terraform_data.fine  input, output",
      "terraform_data.wrong: The size must be large.",
      "Incomplete: 1 to change",
    ],
  },
  "failed-check": {
    after: data(
      { web: { input: "a" } },
      {
        check: {
          health: {
            assert: [
              { condition: '${terraform_data.web.input == "b"}', error_message: "It is not well." },
            ],
          },
        },
      },
    ),
    table: ["create  terraform_data.web", "check.health: It is not well.", "1 to create"],
  },
};
