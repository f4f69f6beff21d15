import { OrgFile } from "@kit/OrgFile";

export default function ServiceOrgPage() {
  return <OrgFile path="/service-orgs" edit="service_org:edit" />;
}
