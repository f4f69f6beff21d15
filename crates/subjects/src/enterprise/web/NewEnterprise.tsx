import { client, dataOf } from "@api/client";
import type { Enterprise } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { useGo } from "@kit/nav";
import { EnterpriseFields, type EnterpriseForm } from "./EnterpriseFields";

/** An officer enters an enterprise that did not register itself. */
export default function NewEnterprise({ close }: { close: () => void }) {
  const go = useGo();
  return (
    <FormDialog<EnterpriseForm, Enterprise>
      title="登记企业"
      open
      close={close}
      draft="enterprise"
      refresh={["/enterprises"]}
      send={async (body, header) =>
        dataOf(await client.POST("/enterprises", { params: { header }, body: { ...body } }))
      }
      done={(answer) => go(`/enterprises/${answer.id}`)}
      success="企业已登记"
      width={760}
    >
      <EnterpriseFields />
    </FormDialog>
  );
}
