/** A list that is right, and the domains in it. */
interface GoodList {
  readonly reason: string;
  readonly content: string;
  readonly domains: readonly string[];
}

/** A list with mistakes: in which lines, and a part of what the first one's message says. */
interface BadList {
  readonly reason: string;
  readonly content: string;
  readonly lines: readonly number[];
  readonly says: string;
}

const LABEL_63 = "a".repeat(63);
const NAME_253 = `${`${LABEL_63}.`.repeat(3)}${"b".repeat(57)}.com`;
const NAME_254 = NAME_253.replace("b", "bb");

/** Domain lists that every checker must take. */
export const GOOD: readonly GoodList[] = [
  { reason: "nothing", content: "", domains: [] },
  { reason: "blank lines and comments", content: "\n  \n# a\n \t# b c/d:*\n#\n", domains: [] },
  { reason: "a comment in another language", content: "# für alle\n", domains: [] },
  { reason: "a name", content: "example.com\n", domains: ["example.com"] },
  { reason: "a domain with its subdomains", content: ".example.com\n", domains: [".example.com"] },
  { reason: "a top-level domain", content: ".com\n", domains: [".com"] },
  { reason: "no line end at the end", content: "a.com\nb.com", domains: ["a.com", "b.com"] },
  { reason: "blanks around", content: " \ta.com\t \n", domains: ["a.com"] },
  {
    reason: "comments behind",
    content: "a.com # why a.com\nb.com\t#b\n",
    domains: ["a.com", "b.com"],
  },
  { reason: "upper case", content: "WWW.Example.COM\n", domains: ["www.example.com"] },
  { reason: "CRLF", content: "# a\r\na.com\r\n\r\nb.com # b\r\n", domains: ["a.com", "b.com"] },
  { reason: "a byte order mark", content: "\uFEFFa.com\nb.com\n", domains: ["a.com", "b.com"] },
  {
    reason: "a byte order mark before a comment",
    content: "\uFEFF# a\na.com\n",
    domains: ["a.com"],
  },
  { reason: "punycode", content: "xn--bcher-kva.example\n", domains: ["xn--bcher-kva.example"] },
  {
    reason: "what names may look like",
    content: "my_bucket.s3.amazonaws.com\nr3---sn-4g5e.googlevideo.com\n1.2.3.4.example\n0.0x.pl\n",
    domains: [
      "my_bucket.s3.amazonaws.com",
      "r3---sn-4g5e.googlevideo.com",
      "1.2.3.4.example",
      "0.0x.pl",
    ],
  },
  {
    reason: "names beside each other that only look alike",
    content: ".a.com\na.com.au\nba.com\n.b.a.net\na.net\nc.a.net\n",
    domains: [".a.com", "a.com.au", "ba.com", ".b.a.net", "a.net", "c.a.net"],
  },
  { reason: "the longest label", content: `${LABEL_63}.com\n`, domains: [`${LABEL_63}.com`] },
  { reason: "the longest name", content: `.${NAME_253}\n`, domains: [`.${NAME_253}`] },
];

/** Domain lists that no checker may take. Each mistake is in a line of its own. */
export const BAD: readonly BadList[] = [
  {
    reason: "a URL",
    content: "a.com\nhttps://www.example.com/path?q#f\n",
    lines: [2],
    says: '"https://www.example.com/path?q#f" is a URL. Only its domain can be listed. Write "www.example.com".',
  },
  {
    reason: "a URL with everything",
    content: "HTTPS://user:pass@*.Bücher.example.:8443/x\n",
    lines: [1],
    says: 'Write ".xn--bcher-kva.example".',
  },
  { reason: "a URL of an address", content: "http://10.0.0.1/\n", lines: [1], says: "is a URL" },
  {
    reason: "a port",
    content: "example.com:443\n",
    lines: [1],
    says: '"example.com:443" has a port. The ports are settings: proxy.connectPorts. Write "example.com".',
  },
  { reason: "a port's colon", content: "example.com:\n", lines: [1], says: "has a port" },
  {
    reason: "a path",
    content: "example.com/path\n",
    lines: [1],
    says: 'has a path. Only its domain can be listed. Write "example.com".',
  },
  {
    reason: "a wildcard at the front",
    content: "*.example.com\n",
    lines: [1],
    says: '"*.example.com" has a wildcard. A leading dot stands for a domain with its subdomains: ".example.com". Write ".example.com".',
  },
  { reason: "a wildcard inside", content: "www.*.com\n", lines: [1], says: "has a wildcard" },
  {
    reason: "a wildcard in a label",
    content: "*example.com\n",
    lines: [1],
    says: "has a wildcard",
  },
  { reason: "everything", content: "*\n", lines: [1], says: "has a wildcard" },
  {
    reason: "an IPv4 address",
    content: "192.0.2.1\n",
    lines: [1],
    says: '"192.0.2.1" is an address. Only domains can be listed. To open a private network, set proxy.privateCidrs; single addresses of the Internet cannot',
  },
  { reason: "an IPv4 network", content: "10.0.0.0/8\n", lines: [1], says: "is an address" },
  { reason: "an IPv4 range", content: "10.0.0.1-10.0.0.9\n", lines: [1], says: "is an address" },
  {
    reason: "an IPv4 address and port",
    content: "1.2.3.4:80\n",
    lines: [1],
    says: "is an address",
  },
  { reason: "an IPv4 address, dotted", content: ".1.2.3.4\n", lines: [1], says: "is an address" },
  {
    reason: "other notations of an IPv4 address",
    content: "2130706433\n127.1\n0x7f.0.0.1\n0x7f000001\n0177.0.0.1\n1.2.3.4.\n127.0X1\n",
    lines: [1, 2, 3, 4, 5, 6, 7],
    says: "is an address",
  },
  {
    reason: "IPv6",
    content: "::1\n[2001:db8::1]\n[::1]:443\n2001:db8::/32\n::ffff:1.2.3.4\n",
    lines: [1, 2, 3, 4, 5],
    says: "is an address",
  },
  {
    reason: "several on a line",
    content: "a.com b.com\nc.com\td.com\ne.com\rf.com\n",
    lines: [1, 2, 3],
    says: '"a.com b.com" is more than one word. Write one domain a line.',
  },
  { reason: "a hosts file", content: "0.0.0.0 ads.example.com\n", lines: [1], says: "one word" },
  {
    reason: "a comment without a blank before it",
    content: "example.com#why\n",
    lines: [1],
    says: 'Write a blank before the "#". Write "example.com".',
  },
  {
    reason: "not ASCII",
    content: "bücher.example\n.日本語.jp\n",
    lines: [1, 2],
    says: '"bücher.example" is not ASCII: "ü" is U+00FC. Clients ask for the name in punycode. Write "xn--bcher-kva.example".',
  },
  {
    reason: "a look-alike",
    content: "exаmple.com\n",
    lines: [1],
    says: 'is not ASCII: "а" is U+0430.',
  },
  {
    reason: "a space that Squid takes for a letter",
    content: "a.com\u00a0\nb.com\u202f# why\nc.com\u2028\n\u00a0\n\u3000# why\n",
    lines: [1, 2, 3, 4, 5],
    says: '"a.com<U+00A0>" has a character that cannot be seen: U+00A0, no-break space. Write "a.com".',
  },
  {
    reason: "nothing that can be seen",
    content: "a\u00adb.com\n\u200bb.com\nc.\uFEFFcom\nd\u2060.com\n\u202ee.com\nf\u200d.com\n",
    lines: [1, 2, 3, 4, 5, 6],
    says: '"a<U+00AD>b.com" has a character that cannot be seen: U+00AD, soft hyphen. Write "ab.com".',
  },
  {
    reason: "other white space",
    content: "a.com\f\nb\v.com\n",
    lines: [1, 2],
    says: '"a.com<U+000C>" has a character that cannot be seen: U+000C, form feed. Write "a.com".',
  },
  {
    reason: "a dot at the end",
    content: "example.com.\n.example.org.\ncom.\n",
    lines: [1, 2, 3],
    says: '"example.com." ends in a dot. Names are written without it. Write "example.com".',
  },
  {
    reason: "a dot too many",
    content: ".\n..\n..a.com\na..com\na.com..\n",
    lines: [1, 2, 3, 4, 5],
    says: '"." has an empty label: a dot too many.',
  },
  {
    reason: "characters that no name has",
    content:
      'a!.com\n"a.com"\na,b.com\n~a.com\n(a|b).com\na%2e.com\na\\.com\n^a$\n${a}.com\nx@a.com\n',
    lines: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    says: "has more than letters, digits,",
  },
  { reason: "an option of Squid", content: "-n\n--\n", lines: [1, 2], says: "hyphen" },
  {
    reason: "hyphens at the ends of labels",
    content: "-a.com\na-.com\nb.-a.com\n.-a.com\na.com-\n",
    lines: [1, 2, 3, 4, 5],
    says: "has a label that begins or ends with a hyphen.",
  },
  {
    reason: "a long label",
    content: `a${LABEL_63}.com\n`,
    lines: [1],
    says: "above 63 characters",
  },
  {
    reason: "a long name, with its subdomains or without",
    content: `${NAME_254}\n.${NAME_254}\nb.${NAME_253}\n`,
    lines: [1, 2, 3],
    says: "longer than the 253",
  },
  {
    reason: "a single label",
    content: "com\nlocalhost\n",
    lines: [1, 2],
    says: '"com" is a single label, and no name on the Internet. Write ".com".',
  },
  {
    reason: "a domain twice",
    content: "a.com\n\nA.com\na.COM # again\n.b.com\n.b.com\n",
    lines: [3, 4, 6],
    says: '"A.com" is in line 1 already. Remove it: npm run domains:tidy',
  },
  {
    reason: "a name below a domain that is listed, before and after it",
    content: "www.Example.com\n.example.com\na.b.example.com\n",
    lines: [1, 3],
    says: '"www.Example.com" is part of ".example.com" in line 2. Remove it: npm run domains:tidy',
  },
  {
    reason: "overlaps in other letters",
    content: ".EXAMPLE.com\nwww.example.com\nA.org\na.org\n",
    lines: [2, 4],
    says: '"www.example.com" is part of ".example.com" in line 1. Remove it: npm run domains:tidy',
  },
  {
    reason: "a name and the same with its subdomains",
    content: ".example.com\nexample.com\n",
    lines: [2],
    says: '"example.com" is part of ".example.com" in line 1. Remove it: npm run domains:tidy',
  },
  {
    reason: "subdomains of subdomains",
    content: ".com\n.example.com\nwww.example.com\nwww.example.com\nexample.org\n",
    lines: [2, 3, 4],
    says: '".example.com" is part of ".com" in line 1. Remove it: npm run domains:tidy',
  },
  {
    reason: "lines counted as editors do, behind a byte order mark and with CRLF",
    content: "\uFEFF# a list\r\n\r\na.com\r\n*.b.com\r\n",
    lines: [4],
    says: 'Write ".b.com".',
  },
  { reason: "UTF-16", content: "a\0.\0c\0o\0m\0\n\0", lines: [1], says: "Save it as UTF-8." },
];
