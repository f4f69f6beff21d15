import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { dateTime } from "@kit/format";
import { now } from "@kit/now";
import { OpinionField } from "@kit/OpinionField";
import { useMe } from "@kit/session";
import { Checkbox, Form, Input, Rate, Select } from "antd";
import { useTranslation } from "react-i18next";
import { Assign } from "./Assign";
import { local, moment, TOUCHED } from "./words";

type Visit = Schema["VisitView"];

export interface ActProps {
  visit: Visit;
  close: () => void;
}

const DIALOGS: Record<string, (props: ActProps) => React.ReactNode> = {
  assign: Assign,
  accept: Accept,
  decline: Decline,
  announce: Announce,
  enter: Enter,
  leave: Leave,
  sign: Sign,
  refuse: Refuse,
  evaluate: Evaluate,
  withdraw: Withdraw,
};

/** The dialog of one act; loaded when somebody takes it. */
export default function VisitDialogs({ visit, act, close }: ActProps & { act: string }) {
  const Dialog = DIALOGS[act];
  return Dialog ? <Dialog visit={visit} close={close} /> : null;
}

const path = (visit: Visit) => ({ id: visit.id });

function Accept({ visit, close }: ActProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<object, Visit>
      title="接受派单"
      open
      close={close}
      refresh={TOUCHED}
      okText="接受"
      success="已接受"
      send={async (_, header) =>
        dataOf(
          await client.POST("/visits/{id}/accept", {
            params: { path: path(visit), header },
            body: { version: visit.version },
          }),
        )
      }
      consequence={t("接受后请在入企前告知企业事项、依据和预计结束时间。")}
    >
      <p>
        {visit.enterprise_name}，{visit.reason}
      </p>
    </FormDialog>
  );
}

function Decline({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const { data: options } = useGet("/visit-options");
  return (
    <FormDialog<{ reason_code: string; reason: string }, unknown>
      title="谢绝派单"
      open
      close={close}
      refresh={TOUCHED}
      okText="谢绝"
      danger
      success="已谢绝"
      send={async (body, header) =>
        client.POST("/visits/{id}/decline", {
          params: { path: path(visit), header },
          body: { ...body, version: visit.version },
        })
      }
      consequence={t("谢绝后由派定的人另选人员，您将不再看到这次检查服务。")}
    >
      <Form.Item name="reason_code" label={t("原因")} rules={[{ required: true, message: t("请选择原因") }]}>
        <Select options={(options?.declines ?? []).map((each) => ({ value: each.code, label: t(each.title) }))} />
      </Form.Item>
      <OpinionField name="reason" label="谢绝理由" phrases={["与其他任务时间冲突", "与该企业有利害关系，应当回避"]} />
    </FormDialog>
  );
}

interface AnnounceForm {
  matter: string;
  legal_basis: string[];
  planned_end: string;
  template: string;
  joint_with?: string[];
}

function Announce({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const { data: templates } = useGet("/check-templates");
  const { data: orgs } = useGet("/orgs", {
    query: { subject: "government", "page[size]": "100" },
    enabled: visit.kind === "joint",
  });
  // Half a day from when they come, within the hours that were agreed.
  const half = Math.max(visit.from ? Date.parse(visit.from) : 0, now()) + 4 * 3_600_000;
  const end = visit.to && Date.parse(visit.to) > now() ? Math.min(Date.parse(visit.to), half) : half;
  return (
    <FormDialog<AnnounceForm, Visit>
      title="告知企业"
      open
      close={close}
      draft={`announce.${visit.id}`}
      initial={{
        matter: `${t(visit.kind_name)}：${visit.reason}`,
        legal_basis: visit.bases.slice(0, 1),
        planned_end: local(end),
        template: visit.proposed_template,
      }}
      refresh={TOUCHED}
      okText="告知"
      success="已告知企业"
      send={async ({ planned_end, joint_with, ...body }, header) =>
        dataOf(
          await client.POST("/visits/{id}/announce", {
            params: { path: path(visit), header },
            body: {
              ...body,
              joint_with: joint_with ?? [],
              planned_end: moment(planned_end),
              version: visit.version,
            },
          }),
        )
      }
      consequence={t("企业主要负责人和安全员立即收到告知；此后不能再改派，只能撤回。")}
    >
      <OpinionField name="matter" label="检查服务事项" min={4} />
      <Form.Item name="legal_basis" label={t("依据")} rules={[{ required: true, message: t("请选择依据") }]}>
        <Select mode="multiple" options={visit.bases.map((basis) => ({ value: basis, label: basis }))} />
      </Form.Item>
      <Form.Item
        name="planned_end"
        label={t("预计结束")}
        rules={[{ required: true, message: t("请填写预计结束时间") }]}
      >
        <Input type="datetime-local" />
      </Form.Item>
      <Form.Item name="template" label={t("检查表")} rules={[{ required: true, message: t("请选择检查表") }]}>
        <Select
          options={(templates ?? []).map((each) => ({
            value: each.key,
            label: `${each.title}（${each.items.length} ${t("项")}）`,
          }))}
        />
      </Form.Item>
      {visit.kind === "joint" && (
        <Form.Item name="joint_with" label={t("联合的部门")}>
          <Select mode="multiple" options={(orgs?.items ?? []).map((org) => ({ value: org.id, label: org.name }))} />
        </Form.Item>
      )}
    </FormDialog>
  );
}

interface EnterForm {
  code: string;
  people: string[];
  late?: boolean;
}

function Enter({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const urgent = ["alarm", "accident", "complaint"].includes(visit.reason_code);
  return (
    <FormDialog<EnterForm, Visit>
      title="扫码入企"
      open
      close={close}
      initial={{ people: visit.crew.map((each) => each.person) }}
      refresh={TOUCHED}
      okText="入企"
      success="已入企"
      send={async (body, header) =>
        dataOf(
          await client.POST("/visits/{id}/enter", {
            params: { path: path(visit), header },
            body: { ...body, position: await position(), version: visit.version },
          }),
        )
      }
      consequence={t("企业会收到人员已到场的通知。执法检查须两人以上到场。")}
    >
      <Form.Item
        name="code"
        label={t("企业码")}
        extra={t("用手机相机扫企业门口的二维码，把打开的网址粘贴到这里；扫码枪可以直接扫入。")}
        rules={[{ required: true, message: t("请扫描企业码") }]}
      >
        <Input autoFocus autoComplete="off" />
      </Form.Item>
      <Form.Item name="people" label={t("到场人员")} rules={[{ required: true, message: t("请选择到场人员") }]}>
        <Checkbox.Group options={visit.crew.map((each) => ({ value: each.person, label: each.name }))} />
      </Form.Item>
      {urgent && (
        <Form.Item name="late" valuePropName="checked">
          <Checkbox>{t("紧急入企，离开前补扫（会列入执法监督清单）")}</Checkbox>
        </Form.Item>
      )}
    </FormDialog>
  );
}

/** Where the device says it is; nothing where it does not say within three seconds. */
function position(): Promise<string | undefined> {
  return new Promise((done) => {
    if (!navigator.geolocation) return done(undefined);
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => done(`${coords.longitude.toFixed(5)},${coords.latitude.toFixed(5)}`),
      () => done(undefined),
      { timeout: 3_000, maximumAge: 60_000 },
    );
  });
}

function Leave({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const open = visit.items.filter((item) => !item.answer).length;
  return (
    <FormDialog<object, Visit>
      title="检查完毕，离开"
      open
      close={close}
      refresh={TOUCHED}
      okText="离开"
      success="记录已形成，请签字"
      send={async (_, header) =>
        dataOf(
          await client.POST("/visits/{id}/leave", {
            params: { path: path(visit), header },
            body: { version: visit.version },
          }),
        )
      }
      consequence={t("离开后检查项不能再改；系统按现有结果形成记录，由双方签字。")}
    >
      <p className={open > 0 ? "warn" : ""}>
        {open > 0 ? `${t("还没有结果的检查项")}：${open}` : t("检查项已全部填写。")}
      </p>
    </FormDialog>
  );
}

/** The person behind a signature is confirmed by password just before; nothing here is called a cryptographic signature. */
async function confirmed(password: string): Promise<void> {
  dataOf(await client.POST("/session/confirm", { body: { password } }));
}

function Password() {
  const { t } = useTranslation();
  return (
    <Form.Item name="password" label={t("登录密码")} rules={[{ required: true, message: t("请填写登录密码") }]}>
      <Input.Password autoComplete="current-password" />
    </Form.Item>
  );
}

function ReadRecord({ visit }: { visit: Visit }) {
  const { t } = useTranslation();
  const failed = visit.items.filter((item) => ["general", "major"].includes(item.answer?.answer ?? ""));
  return (
    <div className="stack">
      <p>
        {dateTime(visit.entered_at)} — {dateTime(visit.left_at)}，{t("发现问题")} {failed.length}
      </p>
      <ul>
        {failed.map((item) => (
          <li key={item.key}>
            {item.answer?.note}（{item.clause}）
          </li>
        ))}
      </ul>
      <a href={`/api/v1/visits/${visit.id}/record`} target="_blank" rel="noopener">
        {t("阅读完整记录")}
      </a>
    </div>
  );
}

function Sign({ visit, close }: ActProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ password: string }, Visit>
      title="在记录上签字"
      open
      close={close}
      refresh={TOUCHED}
      okText="签字"
      success="已签字"
      send={async ({ password }, header) => {
        await confirmed(password);
        return dataOf(
          await client.POST("/visits/{id}/sign", {
            params: { path: path(visit), header },
            body: { record: visit.record ?? "", version: visit.version },
          }),
        );
      }}
      consequence={t("以登录密码确认本人签字；签的是页面所示摘要的这一份记录，记入存证日志。")}
    >
      <ReadRecord visit={visit} />
      <Password />
    </FormDialog>
  );
}

function Refuse({ visit, close }: ActProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ refusal: string; password: string }, Visit>
      title="记录拒签"
      open
      close={close}
      refresh={TOUCHED}
      okText="记录拒签"
      danger
      success="已记录拒签"
      send={async ({ password, refusal }, header) => {
        await confirmed(password);
        return dataOf(
          await client.POST("/visits/{id}/refusal", {
            params: { path: path(visit), header },
            body: { refusal, record: visit.record ?? "", version: visit.version },
          }),
        );
      }}
      consequence={t("拒签情形写入记录并存证；请写明谁拒签、理由、如何说明和见证。")}
    >
      <OpinionField name="refusal" label="拒签情形" min={5} phrases={["负责人对结果有异议，拒绝签字，已全程录像"]} />
      <Password />
    </FormDialog>
  );
}

interface EvaluateForm {
  scores: Record<string, number>;
  complaint?: boolean;
  comment?: string;
}

function Evaluate({ visit, close }: ActProps) {
  const { t } = useTranslation();
  const me = useMe();
  const { data: options } = useGet("/visit-options");
  return (
    <FormDialog<EvaluateForm, Visit>
      title="评价本次检查服务"
      open={Boolean(me)}
      close={close}
      refresh={TOUCHED}
      okText="提交评价"
      success="已评价"
      send={async ({ scores, complaint, comment }, header) =>
        dataOf(
          await client.POST("/visits/{id}/evaluate", {
            params: { path: path(visit), header },
            body: { scores, complaint: complaint ?? false, comment, version: visit.version },
          }),
        )
      }
      consequence={t("评价对到场的检查服务人员不可见，只有本企业和执法监督能看到。")}
    >
      {(options?.questions ?? []).map((question) => (
        <Form.Item
          key={question.code}
          name={["scores", question.code]}
          label={t(question.title)}
          rules={[{ required: true, message: t("请评分") }]}
        >
          <Rate />
        </Form.Item>
      ))}
      <Form.Item name="complaint" valuePropName="checked">
        <Checkbox>{t("这是一次投诉，请执法监督核实答复")}</Checkbox>
      </Form.Item>
      <OpinionField name="comment" label="评价意见" required={false} />
    </FormDialog>
  );
}

function Withdraw({ visit, close }: ActProps) {
  const { t } = useTranslation();
  return (
    <FormDialog<{ reason: string }, unknown>
      title="撤回检查服务"
      open
      close={close}
      refresh={TOUCHED}
      okText="撤回"
      danger
      success="已撤回"
      send={async (body, header) =>
        client.POST("/visits/{id}/withdraw", {
          params: { path: path(visit), header },
          body: { ...body, version: visit.version },
        })
      }
      consequence={t("撤回后不能恢复，可以重新申请；已派出的人员和已被告知的企业会收到通知。")}
    >
      <OpinionField
        name="reason"
        label="撤回理由"
        min={4}
        phrases={["与其他检查服务合并办理", "改期办理", "情况已经核实，无需入企"]}
      />
    </FormDialog>
  );
}
