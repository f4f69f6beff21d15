import { ApiError } from "@api/client";
import type { FormInstance } from "antd";

/** Puts each refused field's message at the field; answers what is left to show above the form, if anything. */
// biome-ignore lint/suspicious/noExplicitAny: a form of any shape can be refused
export function showProblem(form: FormInstance<any>, error: ApiError): ApiError | null {
  const names = new Set(Object.keys(form.getFieldsValue(true)).concat(fieldNames(form)));
  const errors = error.problem.errors ?? [];
  const here = errors.filter((each) => names.has(top(each.field)));
  form.setFields(here.map((each) => ({ name: path(each.field), errors: [each.message] })));
  const first = here[0];
  if (first) form.scrollToField(path(first.field), { block: "center" });
  if (here.length > 0 && here.length === errors.length) return null;
  return new ApiError({ ...error.problem, errors: errors.filter((each) => !here.includes(each)) });
}

// biome-ignore lint/suspicious/noExplicitAny: see above
function fieldNames(form: FormInstance<any>): string[] {
  return form.getFieldsError().map((field) => String(field.name[0]));
}

/** `chemicals[0].q_t` and `chemicals.0.q_t` name the same input. */
export function path(field: string): (string | number)[] {
  return field
    .replace(/\[(\d+)\]/g, ".$1")
    .split(".")
    .filter(Boolean)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function top(field: string): string {
  return String(path(field)[0] ?? "");
}
