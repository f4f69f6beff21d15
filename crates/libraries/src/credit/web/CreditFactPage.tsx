import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { StoredFile } from "@api/types";
import { Clock } from "@kit/Clock";
import { DetailPage, Pairs } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, dateTime } from "@kit/format";
import { AppLink, useParam, useQuery } from "@kit/nav";
import { OpinionField } from "@kit/OpinionField";
import { Panel } from "@kit/Page";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { UploadBox } from "@kit/UploadBox";
import { Button, Form, Radio, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type CreditFact, type CreditObjection, points, STATES } from "./words";

type Dialog = "confirm" | "dismiss" | "object" | "answer";
const TOUCHED = ["/credit-facts", "/credit-objections", "/credit-scores", "/credit-ratings", "/timeline", "/home"];

/** One fact: what it rests on, who confirmed it, and the dispute about it. */
export default function CreditFactPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const { do: asked } = useQuery();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const { data, error, refetch } = useGet("/credit-facts/{id}", { path: { id }, live: ["credit."] });
  const answerable = data?.may_answer ?? false;
  useEffect(() => {
    if (asked === "answer" && answerable) setDialog("answer");
  }, [asked, answerable]);
  return (
    <DetailPage
      title={data && t(data.name)}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `credit-fact/${id}` }}
      live={["credit."]}
      note={
        data && (
          <span className="row">
            <StatusTag tone={STATES[data.state]?.[0]}>{t(data.state_name)}</StatusTag>
            {data.serious && <StatusTag tone="bad">{t("严重")}</StatusTag>}
            <AppLink to={`/credit-scores/${data.subject}`}>{data.org_name}</AppLink>
          </span>
        )
      }
      extra={data && <Acts fact={data} open={setDialog} />}
    >
      {data && (
        <>
          <Panel title={t("内容")}>
            <Pairs
              items={[
                { label: t("分值"), value: points(data.points) },
                { label: t("依据"), value: data.basis },
                { label: t("目录版本"), value: data.edition },
                { label: t("发生时间"), value: dateTime(data.valid_from) },
                { label: t("计分至"), value: dateOnly(data.valid_to) },
                { label: t("记入时间"), value: data.recorded_at ? dateTime(data.recorded_at) : null },
                { label: t("确认人数"), value: data.confirmed },
                { label: t("异议截止"), value: data.object_until ? dateTime(data.object_until) : null },
                { label: t("起因"), value: <WhyLink event={data.recorded_event ?? data.source_event} /> },
                { label: t("文书与内容"), value: data.note },
              ]}
            />
          </Panel>
          {data.objections.map((each) => (
            <Objection key={each.id} of={each} />
          ))}
          <Dialogs fact={data} dialog={dialog} close={() => setDialog(null)} />
        </>
      )}
    </DetailPage>
  );
}

function Acts({ fact, open }: { fact: CreditFact; open: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  return (
    <>
      {fact.may_answer && (
        <Button type="primary" onClick={() => open("answer")}>
          {t("答复异议")}
        </Button>
      )}
      {fact.may_confirm && (
        <Button type="primary" onClick={() => open("confirm")}>
          {t("确认记入")}
        </Button>
      )}
      {fact.may_dismiss && <Button onClick={() => open("dismiss")}>{t("不予记入")}</Button>}
      {fact.may_object && <Button onClick={() => open("object")}>{t("提出异议")}</Button>}
    </>
  );
}

function Objection({ of }: { of: CreditObjection }) {
  const { t } = useTranslation();
  return (
    <Panel title={`${t("异议")}：${t(of.ground_name)}`} extra={<StatusTag>{t(of.state_name)}</StatusTag>}>
      <Pairs
        items={[
          { label: t("理由"), value: of.ground },
          { label: t("提出时间"), value: dateTime(of.filed_at) },
          {
            label: t("答复期限"),
            value: of.state === "open" ? <Clock due={of.due_at} warnBelow={86_400_000} /> : dateTime(of.due_at),
          },
          {
            label: t("证明材料"),
            value: of.evidence.map((digest, at) => (
              <div key={digest}>
                <a href={`/api/v1/files/${digest}`}>{`${t("材料")} ${at + 1}`}</a>
              </div>
            )),
          },
          { label: t("书面答复"), value: of.answer },
        ]}
      />
    </Panel>
  );
}

interface ObjectionForm {
  ground_code: string;
  ground: string;
  files: StoredFile[];
}

const GROUNDS = {
  wrong_fact: "事实不符",
  wrong_person: "主体有误",
  wrong_weight: "适用分值有误",
  expired: "已超过有效期",
};

function Dialogs({ fact, dialog, close }: { fact: CreditFact; dialog: Dialog | null; close: () => void }) {
  const { t } = useTranslation();
  const path = { id: fact.id };
  const open = fact.objections.find((each) => each.state === "open");
  return (
    <>
      <FormDialog<object, CreditFact>
        title="确认记入"
        open={dialog === "confirm"}
        close={close}
        refresh={TOUCHED}
        okText="确认"
        success="已确认"
        send={async (_, header) =>
          dataOf(await client.POST("/credit-facts/{id}/confirm", { params: { path, header } }))
        }
        consequence={t("记入后立即重算评分并通知企业，企业可在期限内提出异议。")}
      >
        <p>{`${fact.org_name}：${t(fact.name)}，${points(fact.points)}`}</p>
      </FormDialog>
      <FormDialog<{ reason: string }, CreditFact>
        title="不予记入"
        open={dialog === "dismiss"}
        close={close}
        refresh={TOUCHED}
        send={async (body, header) =>
          dataOf(await client.POST("/credit-facts/{id}/dismiss", { params: { path, header }, body }))
        }
        consequence={t("候选事实不计入评分，理由记入存证日志，只有监管部门可见。")}
      >
        <OpinionField name="reason" label="理由" phrases={["经核实情况不属实", "情节轻微并已当场改正"]} />
      </FormDialog>
      <FormDialog<ObjectionForm, CreditFact>
        title="提出异议"
        open={dialog === "object"}
        close={close}
        draft={`credit-objection-${fact.id}`}
        initial={{ ground_code: "wrong_fact" }}
        refresh={TOUCHED}
        success="已提交，请等待书面答复"
        send={async ({ files, ...body }, header) =>
          dataOf(
            await client.POST("/credit-facts/{id}/objections", {
              params: { path, header },
              body: { ...body, evidence: (files ?? []).map((file) => file.digest) },
            }),
          )
        }
        consequence={t("处理期间这条事实对所有人标为有异议；成立的，一切影响全部撤销。")}
      >
        <Form.Item name="ground_code" label={t("异议类别")} rules={[{ required: true }]}>
          <Select options={Object.entries(GROUNDS).map(([value, label]) => ({ value, label: t(label) }))} />
        </Form.Item>
        <OpinionField name="ground" label="理由" />
        <Form.Item name="files" label={t("证明材料")} rules={[{ required: true, message: t("请上传证明材料") }]}>
          <UploadBox max={20} />
        </Form.Item>
      </FormDialog>
      <FormDialog<{ upheld: boolean; reason: string }, CreditFact>
        title="答复异议"
        open={dialog === "answer"}
        close={close}
        refresh={TOUCHED}
        success="已答复"
        send={async (body, header) =>
          dataOf(
            await client.POST("/credit-objections/{id}/answer", {
              params: { path: { id: open?.id ?? "" }, header },
              body,
            }),
          )
        }
        consequence={t("成立的，评分、等级、监管频次和保费立即还原；书面答复发给企业。")}
      >
        <Form.Item name="upheld" label={t("结论")} rules={[{ required: true, message: t("请选择结论") }]}>
          <Radio.Group
            options={[
              { value: true, label: t("成立") },
              { value: false, label: t("不成立") },
            ]}
          />
        </Form.Item>
        <OpinionField name="reason" label="书面答复" phrases={["经核查，企业所述属实", "经核查，原认定事实清楚"]} />
      </FormDialog>
    </>
  );
}
