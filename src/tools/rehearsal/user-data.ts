/**
 * Fills in a Terraform template as `templatefile` does, as far as `client/userdata.sh` uses it:
 * plain names in `${…}`.
 *
 * @throws RangeError for a name without a value, as Terraform would.
 */
export function renderTemplate(
  template: string,
  values: Readonly<Record<string, string | number>>,
): string {
  return template.replaceAll(/\$\{(.*?)\}/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new RangeError(`the template has no value for "${name}"`);
    return String(value);
  });
}
