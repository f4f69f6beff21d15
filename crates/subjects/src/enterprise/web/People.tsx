import { client, dataOf } from "@api/client";
import type { Person, Schema } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, maskId, maskPhone } from "@kit/format";
import { PersonFields } from "@kit/OrgFile";
import { useMay } from "@kit/session";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** The enterprise's people; numbers are masked by the server, and once more here. */
export function People({ enterprise }: { enterprise: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const [adding, setAdding] = useState(false);
  return (
    <>
      <CrudTable<Person>
        name="people"
        path="/enterprises/{id}/people"
        params={{ id: enterprise }}
        rowKey={(row) => row.id}
        empty={t("还没有登记人员。请先登记主要负责人和安全管理人员。")}
        actions={
          may("enterprise:edit") && (
            <Button type="primary" onClick={() => setAdding(true)}>
              {t("登记人员")}
            </Button>
          )
        }
        columns={[
          { key: "name", title: "姓名", sort: true, render: (row) => row.name },
          { key: "post", title: "岗位", render: (row) => row.post },
          { key: "phone", title: "电话", render: (row) => maskPhone(row.phone) },
          {
            key: "registered_at",
            title: "登记时间",
            sort: true,
            hidden: true,
            render: (row) => dateTime(row.registered_at),
          },
          { key: "id_number", title: "身份证号", render: (row) => maskId(row.id_number) },
        ]}
      />
      <FormDialog<Schema["PersonForm"], { id: string }>
        title="登记人员"
        open={adding}
        close={() => setAdding(false)}
        refresh={["/enterprises"]}
        send={async (body, header) =>
          dataOf(await client.POST("/enterprises/{id}/people", { params: { path: { id: enterprise }, header }, body }))
        }
      >
        <PersonFields expert={false} />
      </FormDialog>
    </>
  );
}
