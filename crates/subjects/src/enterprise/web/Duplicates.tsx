import type { DuplicateGroup } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { AppLink } from "@kit/nav";
import { Page } from "@kit/Page";
import { Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { MergeDialog } from "./MergeDialog";

export default function Duplicates() {
  const { t } = useTranslation();
  const [merging, setMerging] = useState<DuplicateGroup | null>(null);
  return (
    <Page title={t("重复企业")} note={t("同一家企业被登记多次时合并为一份档案，原编号继续有效并指向合并后的档案")}>
      <CrudTable<DuplicateGroup>
        name="duplicates"
        path="/enterprises/duplicates"
        rowKey={(row) => row.id}
        empty={t("没有发现疑似重复的企业。")}
        columns={[
          { key: "reason", title: "判断依据", render: (row) => row.reason },
          {
            key: "enterprises",
            title: "疑似同一家",
            render: (row) => (
              <div>
                {row.enterprises.map((each) => (
                  <div key={each.id} className="row">
                    <AppLink to={`/enterprises/${each.id}`}>{each.name}</AppLink>{" "}
                    <span className="mono quiet">{each.uscc}</span> <span>{each.region_name}</span>
                  </div>
                ))}
              </div>
            ),
          },
          {
            key: "act",
            title: "操作",
            width: 110,
            render: (row) => (
              <Button size="small" type="primary" onClick={() => setMerging(row)}>
                {t("合并")}
              </Button>
            ),
          },
        ]}
      />
      <MergeDialog group={merging} close={() => setMerging(null)} />
    </Page>
  );
}
