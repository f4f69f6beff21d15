import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema, StoredFile } from "@api/types";
import { FormDialog } from "@kit/FormDialog";
import { useQuery } from "@kit/nav";
import { Picker } from "@kit/Picker";
import { useMe } from "@kit/session";
import { UploadBox } from "@kit/UploadBox";
import { Alert, Form, Input, Radio, Select } from "antd";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { type Answered, LEVELS, TOUCHED, VIAS } from "./hazards";

type Body = Schema["NewHazard"];
type Values = Omit<Body, "photos"> & { photos?: StoredFile[] };
const PAUSE_MS = 250;

/** The form that reports a hazard; opened from a visit or an alarm it comes filled in. */
export function ReportHazard({ open, close, done }: { open: boolean; close: () => void; done: (id: string) => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const asked = useQuery();
  const firm = me?.subject === "enterprise";
  const government = me?.subject === "government";
  const via = asked.visit ? "visit" : firm ? "self_check" : government ? "patrol" : "report";
  const vias = VIAS.filter(({ value }) => {
    if (value === "visit") return Boolean(asked.visit);
    return (value !== "self_check" || firm) && (value !== "patrol" || government);
  });
  return (
    <FormDialog<Values, Answered>
      title="登记隐患"
      open={open}
      close={close}
      draft="hazard"
      initial={{
        enterprise: firm ? me?.org : asked.enterprise,
        level: asked.level === "major" ? "major" : "general",
        text: asked.text || undefined,
        found_via: via,
        visit: asked.visit,
        tag: asked.tag,
      }}
      refresh={TOUCHED}
      done={(answer) => done(answer.id)}
      okText="登记"
      success="已登记"
      send={async ({ photos, ...body }, header) =>
        dataOf(
          await client.POST("/hazards", {
            params: { header },
            body: { ...body, visit: asked.visit, item: asked.item, photos: (photos ?? []).map((each) => each.digest) },
          }),
        )
      }
      consequence={t(
        "登记后通知企业；疑似重大隐患同时通知监管部门确认等级。同一部位、同一条款已有未销号隐患的，自动并入，不重复下达。",
      )}
      width={680}
    >
      <Form.Item
        name="enterprise"
        label={t("企业")}
        hidden={firm}
        rules={[{ required: true, message: t("请选择企业") }]}
      >
        <Picker of="enterprise" />
      </Form.Item>
      <Form.Item
        name="clause_code"
        label={t("违反的条款")}
        extra={
          asked.item && asked.clause
            ? `${t("不选则按检查项的条款")}：${asked.clause}`
            : t("属于重大隐患判定清单的，等级自动为重大")
        }
      >
        <ClauseField />
      </Form.Item>
      <Form.Item name="level" label={t("初步等级")}>
        <Radio.Group options={LEVELS.map((each) => ({ ...each, label: t(each.label) }))} />
      </Form.Item>
      <Form.Item
        name="place"
        label={t("部位")}
        rules={[{ required: true, min: 2, message: t("请写明部位，至少 2 个字") }]}
      >
        <Input maxLength={200} placeholder={t("如：液氯储罐区 3 号罐")} />
      </Form.Item>
      <Form.Item
        name="text"
        label={t("问题描述")}
        rules={[{ required: true, min: 4, message: t("请写明问题，至少 4 个字") }]}
      >
        <Input.TextArea rows={3} maxLength={2000} showCount />
      </Form.Item>
      <Form.Item name="found_via" label={t("来源")}>
        <Select options={vias.map((each) => ({ ...each, label: t(each.label) }))} />
      </Form.Item>
      <Form.Item name="tag" label={t("相关监测点位编号")} extra={t("填写后，复查时带上该点位的数值")}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="photos" label={t("现场照片")}>
        <UploadBox accept="image/*" />
      </Form.Item>
    </FormDialog>
  );
}

/** Searches the criteria as one types. */
function ClauseField({ value, onChange }: { value?: string; onChange?: (code: string | undefined) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const [q, setQ] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setQ(typed.trim()), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const { data, isFetching } = useGet("/hazard-clauses", { query: { q }, keep: true });
  const chosen = data?.find((each) => each.code === value);
  return (
    <>
      <Select
        allowClear
        showSearch={{ filterOption: false, onSearch: setTyped }}
        placeholder={t("输入关键词查找条款")}
        value={value}
        onChange={onChange}
        loading={isFetching}
        notFoundContent={isFetching ? t("正在查找…") : t("没有找到，可换个词；没有对应条款时可不选")}
        options={(data ?? []).map((each) => ({ value: each.code, label: `${each.clause}　${each.text}` }))}
        style={{ width: "100%" }}
      />
      {chosen?.major && <Alert type="warning" showIcon title={t("这一条属于重大隐患判定清单，将按疑似重大隐患登记")} />}
      {chosen && !chosen.confirmed && (
        <Alert type="info" showIcon title={t("这一条的表述未经核实，定案前须对照原文")} />
      )}
    </>
  );
}
