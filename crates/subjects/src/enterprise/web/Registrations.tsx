import { client } from "@api/client";
import type { Registration } from "@api/types";
import { useWrite } from "@api/write";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, maskPhone } from "@kit/format";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { StatusTag } from "@kit/tags";
import { App, Button } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";

const STATES: Record<string, ["warn" | "good" | "plain", string]> = {
  pending: ["warn", "待审核"],
  accepted: ["good", "已通过"],
  rejected: ["plain", "已退回"],
};

export default function Registrations() {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const [refusing, setRefusing] = useState<Registration | null>(null);
  const accept = useWrite<string, unknown>(
    (id, header) => client.POST("/registrations/{id}/accept", { params: { path: { id }, header } }),
    {
      refresh: ["/registrations", "/enterprises"],
      done: () => message.success(t("已通过，企业可以登录")),
      failed: (error) => message.error(error.problem.detail ?? error.problem.title),
    },
  );
  const confirm = (row: Registration) =>
    modal.confirm({
      title: `${t("通过注册")}：${row.name}`,
      content: t("通过后将建立企业档案并启用其账号，申请人会收到通知。"),
      okText: t("通过"),
      cancelText: t("取消"),
      onOk: () => accept.mutateAsync(row.id).catch(() => {}),
    });
  return (
    <Page title={t("注册审核")}>
      <CrudTable<Registration>
        name="registrations"
        path="/registrations"
        live={["ent."]}
        rowKey={(row) => row.id}
        filters={[
          {
            key: "state",
            label: "状态",
            options: Object.entries(STATES).map(([value, [, label]]) => ({ value, label })),
          },
        ]}
        empty={t("没有待审核的注册。企业在登录页点“企业自主注册”后会出现在这里。")}
        columns={[
          { key: "name", title: "企业名称", render: (row) => row.name },
          { key: "uscc", title: "信用代码", render: (row) => <span className="mono">{row.uscc}</span> },
          { key: "region_name", title: "区域", render: (row) => row.region_name },
          { key: "industry", title: "行业", wide: true, render: (row) => row.industry },
          {
            key: "contact_name",
            title: "联系人",
            wide: true,
            render: (row) => `${row.contact_name} ${maskPhone(row.contact_phone)}`,
          },
          { key: "at", title: "提交时间", sort: true, render: (row) => dateTime(row.at) },
          {
            key: "state",
            title: "状态",
            render: (row) => (
              <>
                <StatusTag tone={STATES[row.state]?.[0]}>{t(STATES[row.state]?.[1] ?? row.state)}</StatusTag>
                {row.reason && <div className="quiet">{row.reason}</div>}
              </>
            ),
          },
          {
            key: "act",
            title: "操作",
            render: (row) =>
              row.state === "pending" && (
                <span className="row">
                  <Button size="small" type="primary" onClick={() => confirm(row)}>
                    {t("通过")}
                  </Button>
                  <Button size="small" onClick={() => setRefusing(row)}>
                    {t("退回")}
                  </Button>
                </span>
              ),
          },
        ]}
      />
      <FormDialog<{ reason: string }, unknown>
        title="退回注册"
        open={Boolean(refusing)}
        close={() => setRefusing(null)}
        refresh={["/registrations"]}
        send={(body, header) =>
          client.POST("/registrations/{id}/reject", { params: { path: { id: refusing?.id ?? "" }, header }, body })
        }
        okText="退回"
        success="已退回"
        consequence={t("退回原因会告知申请人，申请人改正后可以重新提交。")}
      >
        <OpinionField
          name="reason"
          label="退回原因"
          phrases={["统一社会信用代码与企业名称不一致", "不在本辖区", "企业已登记，请联系管理员领取账号"]}
        />
      </FormDialog>
    </Page>
  );
}
