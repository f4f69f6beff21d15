import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { dateOnly, number } from "@kit/format";
import { AppLink, useQuery, useSetQuery } from "@kit/nav";
import { Page, Panel } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { EmptyNext, ProblemAlert } from "@kit/Problem";
import { useMe } from "@kit/session";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Select, Skeleton } from "antd";
import type { ComponentType, ReactElement, ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { choices, PARTS, REFUSALS } from "./words";

type Candidate = Schema["ExpertCandidate"];
interface Asked {
  enterprise?: string;
  skills?: string[];
  task?: string;
  from?: string;
  to?: string;
}

/** Who could go to an enterprise, why in this order, and who could not. */
export default function FindExperts() {
  const { t } = useTranslation();
  const me = useMe();
  const query = useQuery();
  const setQuery = useSetQuery();
  const own = me?.subject === "enterprise" ? me.org : undefined;
  const enterprise = query.enterprise ?? own;
  const { data: terms } = useGet("/expert-terms");
  const { data, error, refetch, isFetching } = useGet("/expert-search", {
    query: { ...query, enterprise },
    enabled: Boolean(enterprise),
  });
  const initial: Asked = {
    enterprise,
    skills: query.skills ? query.skills.split(",") : undefined,
    task: query.task ?? "inspection",
    from: query.from,
    to: query.to,
  };
  return (
    <Page
      title={t("查找专家")}
      note={t("按专业、证书、经验、空闲和评价排序；每个人为什么排在这里、为什么不能派都写明。")}
    >
      <Panel>
        <Form<Asked>
          layout="inline"
          className="find"
          initialValues={initial}
          onFinish={(values) => setQuery({ ...values, skills: values.skills?.join(",") || undefined })}
        >
          {!own && (
            <Form.Item name="enterprise" label={t("企业")} rules={[{ required: true, message: t("请选择企业") }]}>
              <Wide>
                <Picker of="enterprise" />
              </Wide>
            </Form.Item>
          )}
          <Form.Item name="skills" label={t("专业")}>
            <Select
              mode="multiple"
              allowClear
              style={{ minWidth: 220 }}
              placeholder={t("不选按企业风险标签")}
              options={choices(terms?.skills, t)}
            />
          </Form.Item>
          <Form.Item name="task" label={t("任务")}>
            <Select style={{ minWidth: 110 }} options={choices(terms?.tasks, t)} />
          </Form.Item>
          <Form.Item name="from" label={t("自")}>
            <Input type="date" />
          </Form.Item>
          <Form.Item name="to" label={t("至")}>
            <Input type="date" />
          </Form.Item>
          <Button type="primary" htmlType="submit" loading={isFetching}>
            {t("查找")}
          </Button>
        </Form>
      </Panel>
      <ProblemAlert error={error} retry={() => void refetch()} />
      {!enterprise && <EmptyNext text={t("选择要去的企业，系统按它的行业和风险标签推荐专业和人选。")} />}
      {isFetching && !data && <Skeleton active />}
      {data && <Answer data={data} />}
    </Page>
  );
}

/** Hands value and change on to the one control inside, and gives it room. */
function Wide({ children, ...rest }: { children: ReactElement<object> }) {
  const Control = children.type as ComponentType<object>;
  return (
    <div style={{ minWidth: 240 }}>
      <Control {...children.props} {...rest} />
    </div>
  );
}

function Answer({ data }: { data: Schema["FindAnswer"] }) {
  const { t } = useTranslation();
  const skills = data.skill_names.map((name) => t(name)).join("、") || t("不限");
  return (
    <>
      <Panel title={`${t("可以派的人")}（${data.possible.length}）`}>
        <p className="quiet">
          {data.enterprise_name} · {t("专业")}：{skills} · {dateOnly(data.from)} — {dateOnly(data.to)} · {data.edition}
        </p>
        {data.possible.length === 0 && (
          <EmptyNext text={t("没有合适的人。可以换日期、放宽专业，或看下面不能派的原因逐项解决。")} />
        )}
        <ol className="tasks">
          {data.possible.map((each, at) => (
            <Possible key={each.person} candidate={each} place={at + 1} />
          ))}
        </ol>
      </Panel>
      <Panel title={`${t("不能派的人")}（${data.rejected.length}）`}>
        <ul className="tasks">
          {data.rejected.map((each) => (
            <li className="task" key={each.person}>
              <Name candidate={each} />
              {each.reasons.map((reason) => (
                <div key={reason.text}>
                  <StatusTag tone="bad">{t(REFUSALS[reason.code] ?? reason.code)}</StatusTag> {reason.text}
                  {reason.clause && <span className="quiet"> · {reason.clause}</span>}
                </div>
              ))}
            </li>
          ))}
        </ul>
      </Panel>
    </>
  );
}

function Name({ candidate, children }: { candidate: Candidate; children?: ReactNode }) {
  return (
    <div className="task-head">
      {children}
      <AppLink className="task-title" to={`/experts/${candidate.person}`}>
        {candidate.name}
      </AppLink>
      <span className="quiet">{candidate.org_name}</span>
    </div>
  );
}

function Possible({ candidate, place }: { candidate: Candidate; place: number }) {
  const { t } = useTranslation();
  return (
    <li className="task">
      <Name candidate={candidate}>
        <strong className="num">{place}</strong>
        <StatusTag tone="good">
          {number(candidate.score, 1)} {t("分")}
        </StatusTag>
      </Name>
      <dl className="task-why parts">
        {candidate.reasons.map((reason) => (
          <div key={reason.code}>
            <dt>
              {t(PARTS[reason.code] ?? reason.code)} {number(candidate.parts[reason.code] ?? 0, 1)}
            </dt>
            <dd>{reason.text}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
