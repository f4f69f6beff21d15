import { client, dataOf } from "@api/client";
import type { Schema, StoredFile } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly } from "@kit/format";
import { OpinionField } from "@kit/OpinionField";
import { UploadBox } from "@kit/UploadBox";
import { Form, Input, InputNumber, Radio, Select } from "antd";
import { useTranslation } from "react-i18next";
import { type Answered, fen, type Hazard, LEVELS, TOUCHED } from "./hazards";

const NAMES = ["confirm", "assign", "extension", "decide", "rectify", "verify", "reopen", "list", "lift"] as const;
export type Act = (typeof NAMES)[number];
export const isAct = (word: string | undefined): word is Act => NAMES.some((name) => name === word);

interface Props {
  hazard: Hazard;
  open: boolean;
  close: () => void;
}

type Form_<K extends keyof Schema> = Omit<Schema[K], "version">;

/** The dialogs of every act; each names the version that was looked at. */
export function HazardDialogs({ hazard, act, close }: { hazard: Hazard; act: Act | null; close: () => void }) {
  const props = (name: Act) => ({ hazard, open: act === name, close });
  return (
    <>
      <Confirm {...props("confirm")} />
      <Assign {...props("assign")} />
      <Extension {...props("extension")} />
      <Decide {...props("decide")} />
      <Rectify {...props("rectify")} />
      <Verify {...props("verify")} />
      <Reopen {...props("reopen")} />
      <ListIt {...props("list")} />
      <Lift {...props("lift")} />
    </>
  );
}

function Confirm({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  return (
    <FormDialog<Form_<"ConfirmLevel">, Answered>
      title="确认等级"
      open={open}
      close={close}
      initial={{ to: hazard.level, ground: hazard.clause ? `${t("对照")} ${hazard.clause}` : undefined }}
      refresh={TOUCHED}
      okText="确认"
      success="已确认"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/confirm", { params: { path: { id }, header }, body: { ...body, version } }),
        )
      }
      consequence={t("确认后企业须明确责任、措施、资金、期限和预案。重大隐患只能由监管部门确认。")}
    >
      <Form.Item name="to" label={t("等级")}>
        <Radio.Group options={LEVELS.map((each) => ({ ...each, label: t(each.label) }))} />
      </Form.Item>
      <OpinionField
        name="ground"
        label="认定依据"
        min={4}
        phrases={["现场核实，符合判定条款", "现场核实，不构成重大隐患"]}
      />
    </FormDialog>
  );
}

function Assign({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  const major = hazard.level === "major";
  return (
    <FormDialog<Omit<Form_<"AssignHazard">, "money_fen"> & { money?: number }, Answered>
      title="下达整改"
      open={open}
      close={close}
      draft={`hazard-assign-${id}`}
      initial={{
        owner_post: hazard.owner_post ?? undefined,
        owner: hazard.owner ?? undefined,
        measure: hazard.measure ?? undefined,
        plan: hazard.plan ?? undefined,
        money: hazard.money_fen ? hazard.money_fen / 100 : undefined,
        due_on: hazard.proposed_due ? dateOnly(hazard.proposed_due) : undefined,
      }}
      refresh={TOUCHED}
      okText="下达"
      success="已下达"
      send={async ({ money, ...body }, header) =>
        dataOf(
          await client.POST("/hazards/{id}/assign", {
            params: { path: { id }, header },
            body: { ...body, money_fen: fen(money), version },
          }),
        )
      }
      consequence={t("从下达起计算整改期限；逾期会通知监管部门，并可能计入信用记录。")}
    >
      <Form.Item name="owner_post" label={t("责任岗位")} rules={[{ required: true, message: t("请填写责任岗位") }]}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="owner" label={t("责任人")} rules={[{ required: true, message: t("请填写责任人") }]}>
        <Input maxLength={100} />
      </Form.Item>
      <OpinionField name="measure" label="整改措施" min={4} />
      <Form.Item
        name="money"
        label={t("整改资金（元）")}
        rules={[{ required: major, message: t("重大隐患须写明资金") }]}
      >
        <InputNumber min={0} precision={2} style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="due_on" label={t("整改期限")} extra={hazard.proposed_rule}>
        <Input type="date" />
      </Form.Item>
      <OpinionField name="plan" label="应急预案" min={10} required={major} />
    </FormDialog>
  );
}

function Extension({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  const [times, days] = hazard.extension_limit;
  return (
    <FormDialog<Form_<"AskExtension">, Answered>
      title="申请延期"
      open={open}
      close={close}
      draft={`hazard-extension-${id}`}
      initial={{ working_days: Math.min(5, days) }}
      refresh={TOUCHED}
      okText="提交申请"
      success="已提交"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/extension", {
            params: { path: { id }, header },
            body: { ...body, version },
          }),
        )
      }
      consequence={t("审批前仍按原期限整改。")}
    >
      <Form.Item
        name="working_days"
        label={t("延期工作日数")}
        extra={`${t("每次最多")} ${days} ${t("个工作日")}，${t("最多")} ${times} ${t("次")}，${t("已延期")} ${hazard.extensions} ${t("次")}`}
      >
        <InputNumber min={1} max={days} />
      </Form.Item>
      <OpinionField name="reason" label="延期理由" min={4} />
      <OpinionField
        name="interim_measure"
        label="期间的临时措施"
        min={4}
        phrases={["停用并上锁挂牌", "专人值守，每两小时巡查一次"]}
      />
    </FormDialog>
  );
}

function Decide({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  return (
    <FormDialog<Form_<"DecideExtension">, Answered>
      title="审批延期"
      open={open}
      close={close}
      initial={{ granted: true }}
      refresh={TOUCHED}
      okText="提交审批"
      success="已审批"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/extension/decide", {
            params: { path: { id }, header },
            body: { ...body, version },
          }),
        )
      }
      consequence={t("准予的，从原期限起顺延所申请的工作日。")}
    >
      <Form.Item name="granted" label={t("审批结果")}>
        <Radio.Group
          options={[
            { value: true, label: t("准予延期") },
            { value: false, label: t("不准延期") },
          ]}
        />
      </Form.Item>
      <OpinionField name="reason" label="审批意见" phrases={["临时措施有效，同意延期", "临时措施不足，不同意延期"]} />
    </FormDialog>
  );
}

function Rectify({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  const has = hazard.photos.some((photo) => photo.side !== "after");
  interface Values {
    measure: string;
    cost?: number;
    before?: StoredFile[];
    after?: StoredFile[];
  }
  return (
    <FormDialog<Values, Answered>
      title="提交整改"
      open={open}
      close={close}
      draft={`hazard-rectify-${id}`}
      initial={{ measure: hazard.measure ?? undefined }}
      refresh={TOUCHED}
      okText="提交"
      success="已提交"
      send={async ({ cost, before, after, measure }, header) =>
        dataOf(
          await client.POST("/hazards/{id}/rectify", {
            params: { path: { id }, header },
            body: {
              measure,
              cost_fen: fen(cost),
              before: (before ?? []).map((each) => each.digest),
              after: (after ?? []).map((each) => each.digest),
              version,
            },
          }),
        )
      }
      consequence={t("提交后由其他人员复查，您本人不能复查。")}
    >
      <OpinionField name="measure" label="整改情况" min={4} />
      <Form.Item name="cost" label={t("实际费用（元）")}>
        <InputNumber min={0} precision={2} style={{ width: "100%" }} />
      </Form.Item>
      <Form.Item name="before" label={t("整改前照片")} extra={has ? t("不上传则使用已有的照片") : t("至少一张")}>
        <UploadBox accept="image/*" />
      </Form.Item>
      <Form.Item
        name="after"
        label={t("整改后照片")}
        extra={t("与整改前同一角度，至少一张")}
        rules={[{ required: true, message: t("请上传整改后照片") }]}
      >
        <UploadBox accept="image/*" />
      </Form.Item>
    </FormDialog>
  );
}

function Verify({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id, sensor } = hazard;
  const outside = sensor && !sensor.inside;
  return (
    <FormDialog<Form_<"VerifyHazard">, Answered>
      title="复查"
      open={open}
      close={close}
      initial={{ passed: !outside }}
      refresh={TOUCHED}
      okText="提交复查结果"
      success="已复查"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/verify", { params: { path: { id }, header }, body: { ...body, version } }),
        )
      }
      consequence={
        outside
          ? t("相关点位仍在限值以外，不能通过复查。")
          : t("通过即销号（挂牌的先解除挂牌）；不通过退回重新下达整改。")
      }
    >
      <Form.Item name="passed" label={t("复查结果")}>
        <Radio.Group
          options={[
            { value: true, label: t("通过"), disabled: Boolean(outside) },
            { value: false, label: t("不通过") },
          ]}
        />
      </Form.Item>
      <OpinionField
        name="note"
        label="复查意见"
        required={false}
        phrases={["现场核实，隐患已消除", "整改不到位，须重新整改"]}
      />
    </FormDialog>
  );
}

function Reopen({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  return (
    <FormDialog<Form_<"ReopenHazard">, Answered>
      title="重新打开"
      open={open}
      close={close}
      refresh={TOUCHED}
      danger
      okText="重新打开"
      success="已重新打开"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/reopen", { params: { path: { id }, header }, body: { ...body, version } }),
        )
      }
      consequence={t("企业会收到通知，须重新下达整改。")}
    >
      <OpinionField name="why" label="重新打开的理由" min={4} phrases={["同一问题再次出现"]} />
    </FormDialog>
  );
}

function ListIt({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  return (
    <FormDialog<Form_<"ListHazard">, Answered>
      title="挂牌督办"
      open={open}
      close={close}
      initial={{ level: "county", due_on: hazard.due ? dateOnly(hazard.due) : undefined }}
      refresh={TOUCHED}
      okText="挂牌"
      success="已挂牌"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/list", { params: { path: { id }, header }, body: { ...body, version } }),
        )
      }
      consequence={t("挂牌期间复查通过后，须由监管部门解除挂牌才能销号。")}
    >
      <Form.Item name="level" label={t("挂牌层级")}>
        <Select options={hazard.listings.map((each) => ({ value: each.code, label: t(each.title) }))} />
      </Form.Item>
      <Form.Item name="due_on" label={t("督办期限")} rules={[{ required: true, message: t("请填写督办期限") }]}>
        <Input type="date" />
      </Form.Item>
    </FormDialog>
  );
}

function Lift({ hazard, open, close }: Props) {
  const { t } = useTranslation();
  const { version, id } = hazard;
  return (
    <FormDialog<Form_<"LiftHazard">, Answered>
      title="解除挂牌"
      open={open}
      close={close}
      refresh={TOUCHED}
      okText="解除挂牌"
      success="已解除挂牌"
      send={async (body, header) =>
        dataOf(
          await client.POST("/hazards/{id}/lift", { params: { path: { id }, header }, body: { ...body, version } }),
        )
      }
      consequence={t("解除挂牌后隐患销号，企业会收到通知。")}
    >
      <OpinionField name="opinion" label="解除挂牌意见" min={4} phrases={["整改到位，复查通过，同意解除"]} />
    </FormDialog>
  );
}
