import { OrgFile } from "@kit/OrgFile";

export default function InsurerPage() {
  return <OrgFile path="/insurers" edit="insurer:edit" />;
}
