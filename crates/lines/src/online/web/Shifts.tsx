import type { Shift } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTime } from "@kit/format";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";

export default function Shifts() {
  const { t } = useTranslation();
  return (
    <Page title={t("交接班记录")}>
      <CrudTable<Shift>
        name="shifts"
        path="/shifts"
        live={["duty."]}
        rowKey={(row) => row.id}
        empty={t("还没有交接班记录。在值守台点“接班”开始。")}
        columns={[
          { key: "holder", title: "值守人", render: (row) => row.holder },
          { key: "org", title: "所在单位", render: (row) => row.org },
          { key: "since", title: "接班时间", sort: true, render: (row) => dateTime(row.since) },
          {
            key: "until",
            title: "交班时间",
            render: (row) => (row.until ? dateTime(row.until) : <StatusTag tone="good">{t("值守中")}</StatusTag>),
          },
          { key: "handed_to", title: "接班人", render: (row) => row.handed_to ?? "—" },
        ]}
      />
    </Page>
  );
}
