/** What a new password must fulfil, in the order in which people read it; the server has the last word. */
export function passwordFault(value: string, username = ""): string | null {
  if (value.length < 10) return "密码至少 10 位";
  const kinds = [/[a-z]/, /[A-Z]/, /\d/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(value)).length;
  if (kinds < 3) return "密码要包含大写字母、小写字母、数字、符号中的三类";
  if (username && value.toLowerCase().includes(username.toLowerCase())) return "密码不能包含用户名";
  return null;
}
