import type { AuditRow } from "@api/types";
import { CrudTable } from "@kit/CrudTable";
import { dateTimeSeconds, number } from "@kit/format";
import { Page } from "@kit/Page";
import { EvidenceDrawer } from "@kit/Timeline";
import { useState } from "react";
import { useTranslation } from "react-i18next";

/** Every event of the log that I may see: the same entries that are hashed into the evidence tree. */
/** Kinds by their first word, as the log names them. */
const KINDS = [
  { value: "access.", label: "登录与访问" },
  { value: "account.", label: "账号变更" },
  { value: "role.", label: "角色授予与收回" },
  { value: "key.", label: "密钥签发与吊销" },
  { value: "consent.", label: "企业授权" },
  { value: "ent.", label: "企业登记与合并" },
  { value: "iot.limit", label: "限值变更" },
  { value: "iot.alarm", label: "预警处置" },
  { value: "iot.device", label: "设备接入" },
  { value: "duty.", label: "交接班" },
  { value: "hazard_source.", label: "重大危险源" },
  { value: "import.", label: "批量导入" },
];

export default function Audit() {
  const { t } = useTranslation();
  const [open, setOpen] = useState<AuditRow | null>(null);
  return (
    <Page title={t("审计日志")} note={t("每条记录都是存证日志的一个叶子，不能修改或删除")}>
      <CrudTable<AuditRow>
        name="audit"
        path="/audit"
        sort="-seq"
        rowKey={(row) => row.id}
        filters={[
          { key: "kind", label: "事件类型", options: KINDS },
          { key: "org", label: "机构", type: "org" },
          { key: "subject", label: "对象" },
          { key: "from", label: "起始日期", type: "date" },
          { key: "to", label: "截止日期", type: "date" },
        ]}
        empty={t("还没有记录。")}
        columns={[
          {
            key: "seq",
            title: "序号",
            align: "right",
            render: (row) => (
              <button type="button" className="cell-link" onClick={() => setOpen(row)}>
                {number(row.seq)}
              </button>
            ),
          },
          { key: "at", title: "时间", render: (row) => dateTimeSeconds(row.at) },
          {
            key: "title",
            title: "事件",
            render: (row) => <>{row.title}</>,
          },
          {
            key: "actor",
            title: "操作人",
            render: (row) => [row.actor.org_name, row.actor.role].filter(Boolean).join(" · "),
          },
          {
            key: "subject",
            title: "对象",
            render: (row) => <span className="mono">{row.subject}</span>,
          },
          { key: "leaf", title: "叶子摘要", hidden: true, render: (row) => <span className="mono">{row.leaf}</span> },
        ]}
      />
      <EvidenceDrawer item={open} close={() => setOpen(null)} />
    </Page>
  );
}
