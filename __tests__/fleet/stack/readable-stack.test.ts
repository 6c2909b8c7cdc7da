import { TerraformOutput } from "cdktf";
import { Construct } from "constructs";
import { SELF } from "../../../src/fleet/stack/readable-stack";
import { addresses, emptyStack, synth, synthWith, placeholder } from "../../helpers/synth";

test("an address is the construct path, without hashes and without the id of the self", () => {
  const json = synthWith((stack) => {
    const part = new Construct(stack, "some-part");
    placeholder(part, SELF);
    placeholder(part, "inner-1");
  });
  expect(addresses(json)).toEqual(["terraform_data.some_part", "terraform_data.some_part_inner_1"]);
});

test("two elements of one kind and one address are an error that names both", () => {
  const stack = emptyStack();
  placeholder(stack, "a-b");
  placeholder(stack, "a_b");
  expect(() => synth(stack)).toThrow(
    "stack/a-b and stack/a_b would both be terraform_data.a_b in Terraform: rename one",
  );
});

test("elements of different kinds may share a name", () => {
  const json = synthWith((stack) => {
    new TerraformOutput(stack, "a-b", { value: 1 });
    placeholder(stack, "a_b");
  });
  expect(addresses(json)).toEqual(["terraform_data.a_b"]);
  expect(Object.keys(json.output ?? {})).toEqual(["a_b"]);
});
