import { client, dataOf } from "@api/client";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink, useGo } from "@kit/nav";
import { now } from "@kit/now";
import { Page } from "@kit/Page";
import { Button, Form, Input } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { CreditRun, CreditRunRow } from "./words";

/** N1-02: gradings of a period. */
export default function CreditRuns() {
  const { t } = useTranslation();
  const go = useGo();
  const [open, setOpen] = useState(false);
  const today = new Date(now() + 8 * 3_600_000).toISOString().slice(0, 10);
  return (
    <Page title={t("信用评定")} note={t("对辖区内有信用事实的企业逐家复算，列出等级升降和引起升降的三条事实。")}>
      <CrudTable<CreditRunRow>
        name="credit-runs"
        path="/credit-runs"
        live={["credit.run."]}
        sort="-made_at"
        rowKey={(row) => row.id}
        empty={t("还没有开展过评定。“开展评定”逐家复算并列出升降名单。")}
        actions={
          <Button type="primary" onClick={() => setOpen(true)}>
            {t("开展评定")}
          </Button>
        }
        columns={[
          {
            key: "period",
            title: "评定期",
            render: (row) => (
              <AppLink to={`/credit-runs/${row.id}`}>{`${dateOnly(row.from)} – ${dateOnly(row.to)}`}</AppLink>
            ),
          },
          { key: "rated", title: "评定企业", align: "right", render: (row) => row.rated },
          { key: "up", title: "升级", align: "right", render: (row) => row.up },
          { key: "down", title: "降级", align: "right", render: (row) => row.down },
          { key: "made_at", title: "评定时间", sort: true, wide: true, render: (row) => dateTime(row.made_at) },
        ]}
      />
      <FormDialog<{ from: string; to: string }, CreditRun>
        title="开展评定"
        open={open}
        close={() => setOpen(false)}
        initial={{ from: `${today.slice(0, 8)}01`, to: today }}
        refresh={["/credit-runs"]}
        done={(answer) => go(`/credit-runs/${answer.id}`)}
        send={async ({ from, to }, header) =>
          dataOf(
            await client.POST("/credit-runs", {
              params: { header },
              body: {
                from: `${from}T00:00:00+08:00`,
                to: to === today ? new Date(now()).toISOString() : `${to}T23:59:59+08:00`,
              },
            }),
          )
        }
        consequence={t("复算不改变已发布的等级；到期的事实会从评分中退出，随后的升降照常预告。")}
      >
        <Form.Item name="from" label={t("评定期起")} rules={[{ required: true }]}>
          <Input type="date" max={today} />
        </Form.Item>
        <Form.Item name="to" label={t("评定期止")} rules={[{ required: true }]}>
          <Input type="date" max={today} />
        </Form.Item>
      </FormDialog>
    </Page>
  );
}
