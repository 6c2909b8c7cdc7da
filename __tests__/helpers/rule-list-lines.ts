/** A list that is right, and its rules as they are stored. */
interface GoodList {
  readonly reason: string;
  readonly content: string;
  readonly rules: readonly string[];
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

/** Lists of rules that are right. */
export const GOOD: readonly GoodList[] = [
  { reason: "nothing", content: "", rules: [] },
  { reason: "blank lines and comments", content: "\n  \n# a\n \t# b c/d:*\n#\n", rules: [] },
  { reason: "a comment in another language", content: "# für alle\n", rules: [] },
  { reason: "a name", content: "example.com\n", rules: ["example.com"] },
  { reason: "a domain with its subdomains", content: ".example.com\n", rules: [".example.com"] },
  { reason: "a top-level domain", content: ".com\n", rules: [".com"] },
  { reason: "no line end at the end", content: "a.com\nb.com", rules: ["a.com", "b.com"] },
  { reason: "blanks around", content: " \ta.com\t \n", rules: ["a.com"] },
  {
    reason: "comments behind",
    content: "a.com # why a.com\nb.com\t#b\n",
    rules: ["a.com", "b.com"],
  },
  { reason: "upper case", content: "WWW.Example.COM\n", rules: ["www.example.com"] },
  { reason: "CRLF", content: "# a\r\na.com\r\n\r\nb.com # b\r\n", rules: ["a.com", "b.com"] },
  { reason: "a byte order mark", content: "\uFEFFa.com\nb.com\n", rules: ["a.com", "b.com"] },
  {
    reason: "a byte order mark before a comment",
    content: "\uFEFF# a\na.com\n",
    rules: ["a.com"],
  },
  { reason: "punycode", content: "xn--bcher-kva.example\n", rules: ["xn--bcher-kva.example"] },
  {
    reason: "what names may look like",
    content: "my_bucket.s3.amazonaws.com\nr3---sn-4g5e.googlevideo.com\n1.2.3.4.example\n0.0x.pl\n",
    rules: [
      "my_bucket.s3.amazonaws.com",
      "r3---sn-4g5e.googlevideo.com",
      "1.2.3.4.example",
      "0.0x.pl",
    ],
  },
  {
    reason: "names beside each other that only look alike",
    content: ".a.com\na.com.au\nba.com\n.b.a.net\na.net\nc.a.net\n",
    rules: [".a.com", "a.com.au", "ba.com", ".b.a.net", "a.net", "c.a.net"],
  },
  {
    reason: "a star for one label in the middle",
    content: "ec2.*.Example.com\n.s3.*.example.org\n",
    rules: ["ec2.*.example.com", ".s3.*.example.org"],
  },
  {
    reason: "the region",
    content: "ssm.{region}.amazonaws.com\ns3-{REGION}.amazonaws.com\n",
    rules: ["ssm.{region}.amazonaws.com", "s3-{region}.amazonaws.com"],
  },
  {
    reason: "bundles",
    content: "@debian # APT\n@Lets-Encrypt\n",
    rules: ["@debian", "@lets-encrypt"],
  },
  {
    reason: "addresses and networks",
    content: "198.51.100.7\n8.8.4.0/24\n2606:4700:0:0::1111\n2606:4700:10::/44\n",
    rules: ["198.51.100.7/32", "8.8.4.0/24", "2606:4700::1111/128", "2606:4700:10::/44"],
  },
  { reason: "all addresses of IPv4", content: "0.0.0.0/0\n", rules: ["0.0.0.0/0"] },
  { reason: "the longest label", content: `${LABEL_63}.com\n`, rules: [`${LABEL_63}.com`] },
  { reason: "the longest name", content: `.${NAME_253}\n`, rules: [`.${NAME_253}`] },
];

/** Lists of rules with mistakes, each in a line of its own. */
export const BAD: readonly BadList[] = [
  {
    reason: "a URL",
    content: "a.com\nhttps://www.example.com/path?q#f\n",
    lines: [2],
    says: '"https://www.example.com/path?q#f" is a URL. Only its host can be listed. Write "www.example.com".',
  },
  {
    reason: "a URL with everything",
    content: "HTTPS://user:pass@*.Bücher.example.:8443/x\n",
    lines: [1],
    says: 'Write ".xn--bcher-kva.example".',
  },
  {
    reason: "a URL of an address",
    content: "http://8.8.8.8/\n",
    lines: [1],
    says: 'is a URL. Only its host can be listed. Write "8.8.8.8".',
  },
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
    says: 'has a path. Only its host can be listed. Write "example.com".',
  },
  {
    reason: "a wildcard at the front",
    content: "*.example.com\n",
    lines: [1],
    says: '"*.example.com" has a wildcard. A leading dot stands for a domain with its subdomains: ".example.com". Write ".example.com".',
  },
  {
    reason: "a wildcard in a label",
    content: "*example.com\n",
    lines: [1],
    says: "has a wildcard",
  },
  { reason: "everything", content: "*\n", lines: [1], says: "has a wildcard" },
  {
    reason: "more than one wildcard, or one at an end",
    content: "a.*.*.com\na.*.b.*.com\nwww.*\n.a.b.*\na.*b.com\na.**.com\n",
    lines: [1, 2, 3, 4, 5, 6],
    says: '"a.*.*.com" has a wildcard. One "*" may stand for one label in the middle of a name: "ec2.*.example.com".',
  },
  {
    reason: "a wildcard behind a leading dot",
    content: ".*.example.com\n",
    lines: [1],
    says: 'has a wildcard. A leading dot stands for a domain with its subdomains: ".example.com". Write ".example.com".',
  },
  {
    reason: "other placeholders",
    content: "s3.{regoin}.amazonaws.com\ns3.{region.amazonaws.com\n{}.com\n",
    lines: [1, 2, 3],
    says: '"s3.{regoin}.amazonaws.com" has braces. Only {region} can stand in a name, for the fleet\'s region.',
  },
  {
    reason: "a label that the region makes too long",
    content: `${"a".repeat(50)}{region}.com\n`,
    lines: [1],
    says: "above 63 characters",
  },
  {
    reason: "what is no bundle",
    content: "@\n@-a\n@a_b\n@debian.txt\n@a-\n",
    lines: [1, 2, 3, 4, 5],
    says: '"@" is no bundle. Bundles are called by lower-case letters',
  },
  {
    reason: "a network with host bits",
    content: "198.51.100.7/24\n2606:4700::1/32\n",
    lines: [1, 2],
    says: '"198.51.100.7/24" has bits set behind the prefix of its network. Write "198.51.100.0/24".',
  },
  {
    reason: "networks that are none",
    content: "198.51.100.0/33\n2606::/129\n198.51.100.0/\n198.51.100.0/x\n198.51.100/24\n",
    lines: [1, 2, 3, 4, 5],
    says: "is no address and no network such as 198.51.100.7, 198.51.100.0/24 or 2001:db8::/32.",
  },
  {
    reason: "a range",
    content: "8.8.8.1-8.8.8.9\n",
    lines: [1],
    says: "is no address and no network",
  },
  {
    reason: "an IPv4 address and port",
    content: "8.8.8.8:80\n",
    lines: [1],
    says: 'has a port. The ports are settings: proxy.connectPorts. Write "8.8.8.8".',
  },
  {
    reason: "an IPv4 address, dotted",
    content: ".8.8.8.8\n",
    lines: [1],
    says: "is no address",
  },
  {
    reason: "other notations of an IPv4 address",
    content: "134744072\n8.2056\n0x8.8.8.8\n0x08080809\n010.8.8.8\n8.8.8.8.\n127.0X1\n",
    lines: [1, 2, 3, 4, 5, 6, 7],
    says: 'Write "8.8.8.8".',
  },
  {
    reason: "IPv6 with something around it",
    content:
      "[2606:4700::1]\n[2606:4700::2]:443\nhttps://[2606:4700::3]/x\nfe80::1%eth0\n2606::1%1\n",
    lines: [1, 2, 3, 4, 5],
    says: '"[2606:4700::1]" is an address in brackets. Write it without. Write "2606:4700::1".',
  },
  {
    reason: "IPv4 in IPv6's notation",
    content: "::ffff:8.8.8.8\n::ffff:8.8.4.0/120\n",
    lines: [1, 2],
    says: 'is an IPv4 address in the notation of IPv6. Write "8.8.8.8".',
  },
  {
    reason: "a network that has all of IPv4 in it",
    content: "::/0\n::/80\n",
    lines: [1, 2],
    says: "has the addresses of IPv4 in it, too: 0.0.0.0/0 is all of IPv4, and 2000::/3 the Internet of IPv6.",
  },
  {
    reason: "addresses that are not of the Internet",
    content:
      "192.0.2.1\n10.0.0.0/8\n127.0.0.1\n169.254.169.254\n::1\n2001:db8::/32\n100.64.0.0/12\n",
    lines: [1, 2, 3, 4, 5, 6, 7],
    says: '"192.0.2.1" is in 192.0.2.0/24, which is not the Internet: the proxy refuses it, whatever is listed. To open a private network, set proxy.privateCidrs.',
  },
  {
    reason: "several on a line",
    content: "a.com b.com\nc.com\td.com\ne.com\rf.com\n",
    lines: [1, 2, 3],
    says: '"a.com b.com" is more than one word. Write one rule a line.',
  },
  { reason: "a hosts file", content: "0.0.0.0 ads.example.com\n", lines: [1], says: "one word" },
  {
    reason: "a comment without a blank before it",
    content: "example.com#why\n",
    lines: [1],
    says: 'has a "#" inside. Write a blank before a comment. Write "example.com".',
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
    says: '"A.com" is in line 1 already. Remove it: npm run rules -- tidy',
  },
  {
    reason: "a name below a domain that is listed, before and after it",
    content: "www.Example.com\n.example.com\na.b.example.com\n",
    lines: [1, 3],
    says: '"www.Example.com" is part of ".example.com" in line 2. Remove it: npm run rules -- tidy',
  },
  {
    reason: "overlaps in other letters",
    content: ".EXAMPLE.com\nwww.example.com\nA.org\na.org\n",
    lines: [2, 4],
    says: '"www.example.com" is part of ".example.com" in line 1. Remove it: npm run rules -- tidy',
  },
  {
    reason: "a name and the same with its subdomains",
    content: ".example.com\nexample.com\n",
    lines: [2],
    says: '"example.com" is part of ".example.com" in line 1. Remove it: npm run rules -- tidy',
  },
  {
    reason: "subdomains of subdomains",
    content: ".com\n.example.com\nwww.example.com\nwww.example.com\nexample.org\n",
    lines: [2, 3, 4],
    says: '".example.com" is part of ".com" in line 1. Remove it: npm run rules -- tidy',
  },
  {
    reason: "what a star has",
    content: "a.*.com\na.b.com\na.{region}.com\n.x.*.org\nw.x.y.org\n.v.x.*.org\na.b.c.com\n",
    lines: [2, 3, 5, 6],
    says: '"a.b.com" is part of "a.*.com" in line 1. Remove it: npm run rules -- tidy',
  },
  {
    reason: "what a network has, and one address in two spellings",
    content: "8.8.8.8\n8.8.0.0/16\n2606:4700:0::1\n2606:4700::1\n",
    lines: [1, 4],
    says: '"8.8.8.8" is part of "8.8.0.0/16" in line 2. Remove it: npm run rules -- tidy',
  },
  {
    reason: "a bundle twice",
    content: "@debian\n@Debian\n",
    lines: [2],
    says: '"@Debian" is in line 1 already. Remove it: npm run rules -- tidy',
  },
  {
    reason: "lines counted as editors do, behind a byte order mark and with CRLF",
    content: "\uFEFF# a list\r\n\r\na.com\r\n*.b.com\r\n",
    lines: [4],
    says: 'Write ".b.com".',
  },
  { reason: "UTF-16", content: "a\0.\0c\0o\0m\0\n\0", lines: [1], says: "Save it as UTF-8." },
];
