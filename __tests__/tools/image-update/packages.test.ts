import {
  changes,
  formatRecord,
  parseRecord,
  parseStatus,
} from "../../../src/tools/image-update/packages";

const STATUS = `Package: zlib1g
Status: install ok installed
Version: 1:1.3.dfsg-1
Description: a library
 Version: none of this line's

Package: bash
Version: 5.2.37-2+b10

`;

test("dpkg's database has names and versions", () => {
  expect(parseStatus(STATUS)).toEqual({ zlib1g: "1:1.3.dfsg-1", bash: "5.2.37-2+b10" });
});

test("a record is sorted, and read as it was written", () => {
  const record = formatRecord(parseStatus(STATUS));
  expect(record.split("\n").slice(1)).toEqual(["bash 5.2.37-2+b10", "zlib1g 1:1.3.dfsg-1", ""]);
  expect(parseRecord(record)).toEqual(parseStatus(STATUS));
});

test("what differs is what is newer, new or gone", () => {
  expect(changes({ a: "1", b: "1", c: "1" }, { b: "2", c: "1", d: "1" })).toEqual([
    "a 1 → (none)",
    "b 1 → 2",
    "d (none) → 1",
  ]);
});
