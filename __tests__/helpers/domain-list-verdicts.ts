/** Lists as somebody writes them, for whatever says who is refused by them. */
export const LISTS = {
  allowed: `
# Partners
.example.test        # with its subdomains
only.test
both.test
`,
  denied: "both.test\n.bad.example.test\n",
};

/** Names that these lists let pass. */
export const PASSING = ["example.test", "www.example.test", "a.b.example.test", "only.test"];

/** Names that they refuse, and the list that does it, as the access log has it in `deniedBy`. */
export const REFUSED: readonly (readonly [string, string])[] = [
  ["notexample.test", "allowed-domains"],
  ["www.only.test", "allowed-domains"],
  ["other.test", "allowed-domains"],
  ["both.test", "denied-domains"],
  ["bad.example.test", "denied-domains"],
  ["very.bad.example.test", "denied-domains"],
];
