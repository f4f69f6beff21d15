import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { now } from "@kit/now";
import { ProblemAlert } from "@kit/Problem";
import { Checkbox, Form, Input } from "antd";
import { useTranslation } from "react-i18next";
import type { ActProps } from "./VisitDialogs";
import { local, moment, TOUCHED } from "./words";

interface AssignForm {
  from: string;
  to: string;
  people: string[];
}

/** Candidates in order with the reason for the order, and who cannot go with the reason why. A person chooses. */
export function Assign({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const start = now() + 3_600_000;
  return (
    <FormDialog<AssignForm, Schema["VisitView"]>
      title="派定人员"
      open
      close={close}
      width={760}
      initial={{
        from: local(visit.from ?? start),
        to: local(visit.to ?? Math.max(Date.parse(visit.deadline), start + 4 * 3_600_000)),
        people: [],
      }}
      refresh={TOUCHED}
      okText="派定"
      success="已派定"
      send={async ({ from, to, people }, header) =>
        dataOf(
          await client.POST("/visits/{id}/assign", {
            params: { path: { id: visit.id }, header },
            body: { people, from: moment(from), to: moment(to), version: visit.version },
          }),
        )
      }
      consequence={t("派出的机构在检查服务期间可以查看这家企业的概要、未销号隐患和起因预警，签字或撤回后自动收回。")}
    >
      <div className="row">
        <Form.Item name="from" label={t("入企时段开始")} rules={[{ required: true, message: t("请填写时段") }]}>
          <Input type="datetime-local" />
        </Form.Item>
        <Form.Item name="to" label={t("入企时段结束")} rules={[{ required: true, message: t("请填写时段") }]}>
          <Input type="datetime-local" />
        </Form.Item>
      </div>
      <Candidates visit={visit} />
    </FormDialog>
  );
}

function Candidates({ visit }: { visit: Schema["VisitView"] }) {
  const { t } = useTranslation();
  const from = Form.useWatch("from") as string | undefined;
  const to = Form.useWatch("to") as string | undefined;
  const valid = Boolean(from && to);
  const { data, error } = useGet("/visits/{id}/candidates", {
    path: { id: visit.id },
    query: valid ? { from: moment(from ?? ""), to: moment(to ?? "") } : {},
    enabled: valid,
    keep: true,
  });
  if (error) return <ProblemAlert error={error} />;
  if (!data) return <p className="quiet">{t("正在查找能去的人员…")}</p>;
  return (
    <>
      <Form.Item
        name="people"
        label={data.least > 1 ? t("人员（执法检查至少选两人）") : t("人员")}
        extra={data.rule}
        rules={[{ required: true, message: t("请选择人员") }]}
      >
        <Checkbox.Group className="stack">
          {data.possible.map((each, at) => (
            <Checkbox key={each.person} value={each.person}>
              <strong>
                {at + 1}. {each.name}
              </strong>{" "}
              {each.org_name}，{each.score} {t("分")}
              <div className="quiet">
                {each.why}
                {each.parts.length > 0 &&
                  `（${each.parts.map((part) => `${t(part.name)} ${part.points}`).join("，")}）`}
              </div>
            </Checkbox>
          ))}
        </Checkbox.Group>
      </Form.Item>
      {data.possible.length === 0 && (
        <p className="warn">{t("这个时段没有能去的人员；请换一个时段，或请服务机构补充专家。")}</p>
      )}
      {data.rejected.length > 0 && (
        <details>
          <summary>
            {t("不能派定的人员和原因")}（{data.rejected.length}）
          </summary>
          <ul>
            {data.rejected.map((each) => (
              <li key={each.person}>
                {each.name}（{each.org}）：{each.why}
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
