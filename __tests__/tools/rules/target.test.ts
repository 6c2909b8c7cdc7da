import { parseTarget } from "../../../src/tools/rules/target";

test.each<[string, object]>([
  ["example.com:443", { method: "CONNECT", host: "example.com", port: 443 }],
  ["Example.COM:8443", { method: "CONNECT", host: "example.com", port: 8443 }],
  ["example.com", { method: "CONNECT", host: "example.com", port: 443 }],
  ["198.51.100.7:443", { method: "CONNECT", host: "198.51.100.7", port: 443 }],
  ["[2001:db8::1]:443", { method: "CONNECT", host: "2001:db8::1", port: 443 }],
  ["2001:db8::1", { method: "CONNECT", host: "2001:db8::1", port: 443 }],
  ["https://example.com", { method: "CONNECT", host: "example.com", port: 443 }],
  ["https://example.com:8443/a?b#c", { method: "CONNECT", host: "example.com", port: 8443 }],
  ["https://me:secret@example.com/", { method: "CONNECT", host: "example.com", port: 443 }],
  ["http://example.com/a@b", { method: "GET", host: "example.com", port: 80 }],
  ["https://example.com:", { method: "CONNECT", host: "example.com", port: 443 }],
  ["HTTP://example.com:8080", { method: "GET", host: "example.com", port: 8080 }],
  ["http://[2001:db8::1]", { method: "GET", host: "2001:db8::1", port: 80 }],
  ["ftp://example.com/a", { method: "GET", host: "example.com", port: 443, otherScheme: "ftp" }],
])("%s is %p", (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});

test.each([
  "",
  "example.com:0",
  "example.com:65536",
  "example.com:https",
  "example.com/path",
  "https://",
  "https:///path",
  "two words",
  "bücher.example",
  "*.example.com",
  "[example.com]:443",
  "[2001:db8::1:443",
  "2001:db8:1:443",
])("%s is none", (text) => {
  expect(parseTarget(text)).toEqual({
    mistake: expect.stringContaining(`${JSON.stringify(text)} is no target. Allowed:`),
  });
});
