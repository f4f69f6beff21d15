import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { Clock } from "@kit/Clock";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateTime, number } from "@kit/format";
import { AppLink, useParam, useQuery } from "@kit/nav";
import { Panel } from "@kit/Page";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Radio } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { SERVICE_STATES, type Service } from "./words";

/** One service: when somebody came and left, what was done, and the enterprise's answer. */
export default function ServicePage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const asked = useQuery();
  const [open, setOpen] = useState(asked.do === "confirm");
  const { data, error, refetch } = useGet("/services/{id}", { path: { id }, live: ["visit.", "svc."] });
  return (
    <DetailPage
      title={data && `${data.org_name} → ${data.enterprise_name}`}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `visit/${id}` }}
      live={["visit.", "svc."]}
      note={
        data && (
          <span className="row">
            <StatusTag tone={SERVICE_STATES[data.state]?.[0]}>{t(data.state_name)}</StatusTag>
            {data.confirm_due && <Clock due={data.confirm_due} done={data.confirmed_at} />}
            <WhyLink event={data.done_event} />
          </span>
        )
      }
      extra={
        data?.may_confirm && (
          <Button type="primary" onClick={() => setOpen(true)}>
            {t("确认服务")}
          </Button>
        )
      }
    >
      {data && <Facts service={data} />}
      {data?.may_confirm && <Answer service={data} open={open} close={() => setOpen(false)} />}
    </DetailPage>
  );
}

function Facts({ service }: { service: Service }) {
  const { t } = useTranslation();
  const answer = service.satisfied === true ? t("满意") : service.satisfied === false ? t("不满意") : t("未答复");
  return (
    <Panel title={t("服务情况")}>
      <Pairs
        items={[
          {
            label: t("企业"),
            value: (
              <AppLink to={`/enterprises/${encodeURIComponent(service.enterprise)}`}>{service.enterprise_name}</AppLink>
            ),
          },
          {
            label: t("机构"),
            value: <AppLink to={`/expert-orgs/${encodeURIComponent(service.org)}`}>{service.org_name}</AppLink>,
          },
          { label: t("人员"), value: service.people.join("、") },
          {
            label: t("扫码入企"),
            value: dateTime(service.entered_at),
            note: service.late ? t("离开前才补扫") : undefined,
          },
          { label: t("离开"), value: dateTime(service.left_at) },
          { label: t("在场分钟"), value: number(service.minutes) },
          { label: t("检查项"), value: number(service.items) },
          { label: t("隐患"), value: number(service.hazards) },
          { label: t("企业答复"), value: answer, note: service.comments },
        ]}
      />
    </Panel>
  );
}

function Answer({ service, open, close }: { service: Service; open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <FormDialog<Schema["ServiceAnswer"], Service>
      title="确认服务"
      open={open}
      close={close}
      refresh={["/services", "/timeline", "/home", "/tasks"]}
      initial={{ satisfied: true }}
      okText="确认"
      success="已确认"
      send={async (body, header) =>
        dataOf(await client.POST("/services/{id}/confirm", { params: { path: { id: service.id }, header }, body }))
      }
      consequence={t("确认后记入服务记录，服务费据此结算；不满意会告知服务机构，监管部门可查。")}
    >
      <Form.Item name="satisfied" label={t("是否满意")} rules={[{ required: true }]}>
        <Radio.Group
          options={[
            { value: true, label: t("满意") },
            { value: false, label: t("不满意") },
          ]}
        />
      </Form.Item>
      <Form.Item name="comments" label={t("意见（不满意时必填）")}>
        <Input.TextArea rows={3} maxLength={500} showCount />
      </Form.Item>
    </FormDialog>
  );
}
