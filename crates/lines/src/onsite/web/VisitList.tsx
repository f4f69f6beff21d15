import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { Clock } from "@kit/Clock";
import { CrudTable } from "@kit/CrudTable";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { AppLink, useGo, useQuery, useSetQuery } from "@kit/nav";
import { now } from "@kit/now";
import { OpinionField } from "@kit/OpinionField";
import { Page } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { useMay, useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Select } from "antd";
import { useTranslation } from "react-i18next";
import { KINDS, local, moment, REASONS, STATE_TONES, STATES, TOUCHED } from "./words";

/** Every visit of every subject in one list. */
export default function VisitList() {
  const { t } = useTranslation();
  const may = useMay();
  const setQuery = useSetQuery();
  const query = useQuery();
  const me = useMe();
  const { data: options } = useGet("/visit-options");
  const asks = may("onsite:register") && (options?.kinds.length ?? 0) > 0;
  return (
    <Page title={t("检查服务")} note={t("政府检查、保险查勘和预防服务都在这里，按企业合计次数")}>
      <CrudTable<Schema["VisitRow"]>
        name="visits"
        path="/visits"
        live={["visit.", "check."]}
        sort="-created_at"
        rowKey={(row) => row.id}
        filters={[
          { key: "state", label: "状态", options: STATES },
          { key: "kind", label: "类别", options: KINDS },
          { key: "enterprise", label: "企业", type: "enterprise" },
          { key: "q", label: "关键词", placeholder: "企业、事由" },
          { key: "reason", label: "事由", options: REASONS },
          { key: "region", label: "区域", type: "region" },
          { key: "mine", label: "派给我的", options: [{ value: "true", label: "只看派给我的" }] },
        ]}
        empty={t("还没有检查服务。提出申请后，系统推荐能去的人员，由人派定。")}
        actions={
          asks && (
            <Button type="primary" onClick={() => setQuery({ do: "request" })}>
              {t("申请检查服务")}
            </Button>
          )
        }
        columns={[
          {
            key: "number",
            title: "编号",
            render: (row) => (
              <>
                <AppLink to={`/visits/${row.id}`}>{row.number}</AppLink>
                <div className="quiet">{t(row.reason_name)}</div>
              </>
            ),
          },
          {
            key: "enterprise",
            title: "企业",
            render: (row) => <AppLink to={`/enterprises/${row.enterprise}`}>{row.enterprise_name}</AppLink>,
          },
          { key: "kind", title: "类别", render: (row) => t(row.kind_name) },
          {
            key: "state",
            title: "状态",
            render: (row) => (
              <>
                <StatusTag tone={STATE_TONES[row.state]}>{t(row.state_name)}</StatusTag>
                {row.late && <div className="warn">{t("补扫")}</div>}
              </>
            ),
          },
          {
            key: "next",
            title: "下一步",
            render: (row) =>
              row.next ? (
                <>
                  {t(row.next)}
                  <div className="quiet">{t(row.next_by)}</div>
                </>
              ) : (
                "—"
              ),
          },
          {
            key: "deadline",
            title: "最迟入企",
            sort: true,
            render: (row) => (
              <Clock due={row.deadline} done={row.entered_at ?? (row.next ? undefined : row.deadline)} />
            ),
          },
          { key: "people", title: "人员", wide: true, render: (row) => row.people || "—" },
          { key: "org_name", title: "派出单位", wide: true, render: (row) => row.org_name ?? "—" },
          { key: "priority", title: "优先级", sort: true, hidden: true, render: (row) => row.priority },
          {
            key: "entered_at",
            title: "入企时间",
            sort: true,
            hidden: true,
            render: (row) => dateTime(row.entered_at),
          },
          { key: "created_at", title: "申请时间", sort: true, hidden: true, render: (row) => dateTime(row.created_at) },
        ]}
      />
      {options && asks && (
        <RequestDialog
          open={query.do === "request"}
          close={() => setQuery({ do: undefined }, { replace: true })}
          options={options}
          enterprise={me?.subject === "enterprise" ? me.org : query.enterprise}
        />
      )}
    </Page>
  );
}

interface RequestForm {
  enterprise: string;
  kind: Schema["VisitKind"];
  reason_code: Schema["VisitReason"];
  reason: string;
  deadline: string;
  skills?: string[];
}

function RequestDialog({
  open,
  close,
  options,
  enterprise,
}: {
  open: boolean;
  close: () => void;
  options: Schema["VisitOptions"];
  enterprise: string | undefined;
}) {
  const { t } = useTranslation();
  const go = useGo();
  const me = useMe();
  const choices = (list: Schema["VisitOption"][]) => list.map((each) => ({ value: each.code, label: t(each.title) }));
  return (
    <FormDialog<RequestForm, Schema["VisitView"]>
      title="申请检查服务"
      open={open}
      close={close}
      draft="visit-request"
      initial={{
        enterprise,
        kind: options.kinds[0]?.code as Schema["VisitKind"],
        reason_code: me?.subject === "government" ? "plan" : "request",
        deadline: local(now() + 7 * 86_400_000),
      }}
      refresh={TOUCHED}
      okText="提出申请"
      success="已提出申请"
      done={(answer) => go(`/visits/${answer.id}`)}
      send={async ({ deadline, skills, ...body }, header) =>
        dataOf(
          await client.POST("/visits", {
            params: { header },
            body: { ...body, skills: skills ?? [], deadline: moment(deadline) },
          }),
        )
      }
      consequence={t(
        "申请后由监管部门或申请方从推荐的人员中派定；一家企业一年的次数各主体合计，超过上限的一般申请会被驳回。",
      )}
    >
      <Form.Item name="enterprise" label={t("企业")} rules={[{ required: true, message: t("请选择企业") }]}>
        <Picker of="enterprise" disabled={me?.subject === "enterprise"} />
      </Form.Item>
      <Cap />
      <Form.Item name="kind" label={t("类别")} rules={[{ required: true, message: t("请选择类别") }]}>
        <Select options={choices(options.kinds)} />
      </Form.Item>
      <Form.Item name="reason_code" label={t("事由")} rules={[{ required: true, message: t("请选择事由") }]}>
        <Select options={choices(options.reasons)} />
      </Form.Item>
      <OpinionField
        name="reason"
        label="事由说明"
        min={5}
        phrases={["按年度计划安排检查", "企业申请安全技术指导", "收到投诉举报，须现场核实"]}
      />
      <Form.Item name="deadline" label={t("最迟入企")} rules={[{ required: true, message: t("请填写最迟入企时间") }]}>
        <Input type="datetime-local" />
      </Form.Item>
      <Skills />
    </FormDialog>
  );
}

/** Skills of the experts library; government sends its own officers and asks for none. */
function Skills() {
  const { t } = useTranslation();
  const kind = Form.useWatch("kind") as string | undefined;
  const service = kind === "prevention_service" || kind === "insurer_survey";
  const { data } = useGet("/expert-terms", { enabled: service });
  if (!service) return null;
  return (
    <Form.Item name="skills" label={t("所需专业")} extra={t("不选则不限专业")}>
      <Select mode="multiple" options={(data?.skills ?? []).map((each) => ({ value: each.code, label: each.name }))} />
    </Form.Item>
  );
}

/** How many visits the chosen enterprise has had, before another is asked for. */
function Cap() {
  const { t } = useTranslation();
  const enterprise = Form.useWatch("enterprise") as string | undefined;
  const { data } = useGet("/visit-caps", {
    query: { enterprise: enterprise ?? "" },
    enabled: Boolean(enterprise),
  });
  if (!data) return null;
  return (
    <p className={data.used >= data.cap ? "warn" : "quiet"}>
      {t("本年检查服务")} {data.used}/{data.cap}
      {data.example && `（${t("上限为示例")}）`}
      {data.used >= data.cap && `：${t("只有预警、事故、投诉举报、整改复查可以再申请")}`}
    </p>
  );
}
