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
  },
  "empty-stack": { after: { locals: { nothing: true } } },
  create: {
    after: data(
      {
        first: { input: { name: "web", ports: [80, 443] } },
        second: { input: "${terraform_data.first.id}" },
      },
      { output: { name: { value: "${terraform_data.first.output.name}" } } },
    ),
  },
  "in-place": {
    before: data({ web: { input: { name: "web", ports: [80, 443], old: "x" } } }),
    after: data({ web: { input: { name: "web", ports: [80, 443, 8443], new: "y" } } }),
  },
  replacement: {
    before: data({ disk: { input: "data", triggers_replace: { size: 8 } }, on: { input: "a" } }),
    after: data({
      disk: { input: "data", triggers_replace: { size: 16 } },
      on: { input: "${terraform_data.disk.id}" },
    }),
  },
  "replacement-create-first": {
    before: data({
      disk: { triggers_replace: "a", lifecycle: { create_before_destroy: true } },
    }),
    after: data({
      disk: { triggers_replace: "b", lifecycle: { create_before_destroy: true } },
    }),
  },
  "replacement-triggered": {
    before: data({ cause: { input: "a" }, effect: {} }),
    after: data({
      cause: { input: "b" },
      effect: { lifecycle: { replace_triggered_by: ["terraform_data.cause"] } },
    }),
  },
  tainted: {
    before: data({ broken: { input: "a" } }),
    commands: [["taint", "terraform_data.broken"]],
    after: data({ broken: { input: "a" } }),
  },
  destroy: {
    before: data({ kept: { input: "a" }, gone: { count: 2, input: "b" } }),
    after: data({ kept: { input: "a" }, gone: { count: 1, input: "b" } }),
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
  },
  imported: {
    after: data({ found: {} }, { import: [{ to: "terraform_data.found", id: "elsewhere" }] }),
  },
  forgotten: {
    before: data({ handed_over: { input: "a" } }),
    after: {
      removed: [{ from: "terraform_data.handed_over", lifecycle: { destroy: false } }],
    },
  },
  outputs: {
    before: { output: { changed: { value: "a" }, removed: { value: "b" } } },
    after: { output: { changed: { value: "c" }, added: { value: ["d"] } } },
  },
  unknown: {
    before: data({ source: { input: "a" }, user: { input: { id: "x", list: ["y", "z"] } } }),
    after: data({
      source: { input: "a", triggers_replace: "now" },
      user: {
        input: { id: "${terraform_data.source.id}", list: ["y", "${terraform_data.source.id}"] },
      },
    }),
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
  },
};

/** A stack of a thousand resources. */
export const THOUSAND: Kind = {
  after: data({ many: { count: 1000, input: "number ${count.index}" } }),
};
