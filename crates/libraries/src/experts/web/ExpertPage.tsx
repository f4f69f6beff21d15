import { client, dataOf } from "@api/client";
import { useGet } from "@api/hooks";
import type { Schema } from "@api/types";
import { DetailPage, Pairs, PlainTable } from "@kit/DetailPage";
import { FormDialog } from "@kit/FormDialog";
import { dateOnly, number } from "@kit/format";
import { AppLink, useParam } from "@kit/nav";
import { Panel } from "@kit/Page";
import { Picker } from "@kit/Picker";
import { useMay, useMe } from "@kit/session";
import { WhyLink } from "@kit/Timeline";
import { StatusTag } from "@kit/tags";
import { Button, Form, Input, Select } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { CertificateDialog } from "./CertificateDialog";
import { ExpertFields } from "./ExpertFields";
import { ServiceTable } from "./ServiceTable";
import { CONFLICTS } from "./words";

type View = Schema["ExpertView"];
const TOUCHED = ["/experts", "/timeline", "/home", "/tasks"];

/** One expert: what he or she knows, papers, conflicts and what was done. */
export default function ExpertPage() {
  const { t } = useTranslation();
  const id = useParam("id");
  const me = useMe();
  const may = useMay();
  const [dialog, setDialog] = useState<"edit" | "conflict" | "certificate" | null>(null);
  const close = () => setDialog(null);
  const { data, error, refetch } = useGet("/experts/{id}", { path: { id }, live: ["expert.", "org.person."] });
  const { data: terms } = useGet("/expert-terms");
  const certify = data?.org === me?.org && may("service_org:edit");
  return (
    <DetailPage
      title={data?.name}
      loading={!data}
      error={error}
      retry={() => void refetch()}
      timeline={{ subject: `expert/${id}` }}
      live={["expert."]}
      note={data && <AppLink to={`/expert-orgs/${encodeURIComponent(data.org)}`}>{data.org_name}</AppLink>}
      extra={
        data && (
          <>
            {certify && (
              <Button type="primary" onClick={() => setDialog("certificate")}>
                {t("登记或更新证书")}
              </Button>
            )}
            {data.may_declare && <Button onClick={() => setDialog("conflict")}>{t("申报回避")}</Button>}
            {data.may_edit && <Button onClick={() => setDialog("edit")}>{t("修改")}</Button>}
          </>
        )
      }
    >
      {data && <File expert={data} />}
      {data && (
        <>
          <Papers expert={data} />
          <Conflicts expert={data} />
          <ServiceTable
            name="expert-services"
            fixed={{ person: id }}
            empty={t("在您的可见范围内，还没有他的服务记录。")}
          />
          <FormDialog<Schema["ExpertForm"], View>
            title="修改"
            open={dialog === "edit"}
            close={close}
            refresh={TOUCHED}
            initial={{
              skills: data.skills,
              title: data.title ?? undefined,
              regions: data.regions,
              until: data.until ? dateOnly(data.until) : undefined,
            }}
            send={async (body, header) =>
              dataOf(
                await client.PUT("/experts/{id}", {
                  params: { path: { id }, header },
                  body: { ...body, revision: data.revision },
                }),
              )
            }
          >
            <ExpertFields terms={terms} />
          </FormDialog>
          <ConflictDialog id={id} open={dialog === "conflict"} close={close} />
          <CertificateDialog
            org={data.org}
            person={id}
            kinds={terms?.certificates}
            skills={terms?.skills}
            open={dialog === "certificate"}
            close={close}
          />
        </>
      )}
    </DetailPage>
  );
}

function File({ expert }: { expert: View }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("专业与聘期")}>
      <Pairs
        items={[
          { label: t("专业"), value: expert.skill_names.map((name) => t(name)).join("、"), note: expert.edition },
          { label: t("职称或资格"), value: expert.title },
          { label: t("服务区域"), value: expert.regions.join("、") || t("不限") },
          { label: t("聘期至"), value: expert.until ? dateOnly(expert.until) : t("不定期") },
          { label: t("已完成服务"), value: number(expert.done) },
          { label: t("在办任务"), value: number(expert.open) },
        ]}
      />
    </Panel>
  );
}

function Papers({ expert }: { expert: View }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("资格证书")}>
      <PlainTable
        head={[t("证书"), t("适用专业"), t("有效期至"), t("核对来源"), ""]}
        rows={expert.certificates.map((each) => ({
          key: each.id,
          cells: [
            t(each.kind_name),
            each.skill_names.map((name) => t(name)).join("、") || t("全部"),
            <span key="to">
              {dateOnly(each.valid_to)} {each.lapsed && <StatusTag tone="bad">{t("已过期")}</StatusTag>}
            </span>,
            each.verified_against ?? "—",
            <WhyLink key="why" event={each.event} />,
          ],
        }))}
        empty={t("还没有登记证书；没有证书的专家排在后面，派出前需要核对。")}
      />
    </Panel>
  );
}

function Conflicts({ expert }: { expert: View }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("回避申报")}>
      {expert.conflicts ? (
        <PlainTable
          head={[t("企业"), t("情形"), t("说明"), t("至")]}
          rows={expert.conflicts.map((each) => ({
            key: each.id,
            cells: [
              each.enterprise_name,
              t(each.kind_name),
              each.note ?? "—",
              each.until ? dateOnly(each.until) : t("长期"),
            ],
          }))}
          empty={t("没有申报回避。与企业有亲属、任职、咨询等关系的，请如实申报。")}
        />
      ) : (
        <p className="quiet">
          {t("隐藏")}：{t(expert.hidden_by ?? "")}
        </p>
      )}
    </Panel>
  );
}

function ConflictDialog({ id, open, close }: { id: string; open: boolean; close: () => void }) {
  const { t } = useTranslation();
  return (
    <FormDialog<Schema["ConflictForm"], unknown>
      title="申报回避"
      open={open}
      close={close}
      refresh={TOUCHED}
      initial={{ kind: "relative" }}
      success="已申报"
      send={async (body, header) =>
        dataOf(await client.POST("/experts/{id}/conflicts", { params: { path: { id }, header }, body }))
      }
      consequence={t("申报期内不会派往该企业；申报内容只对本机构和属地监管部门开放。")}
    >
      <Form.Item name="enterprise" label={t("企业")} rules={[{ required: true, message: t("请选择企业") }]}>
        <Picker of="enterprise" />
      </Form.Item>
      <Form.Item name="kind" label={t("情形")} rules={[{ required: true, message: t("请选择情形") }]}>
        <Select options={CONFLICTS.map(({ value, label }) => ({ value, label: t(label) }))} />
      </Form.Item>
      <Form.Item name="note" label={t("说明")}>
        <Input.TextArea rows={2} maxLength={200} showCount />
      </Form.Item>
      <Form.Item name="until" label={t("至（不填为长期）")}>
        <Input type="date" />
      </Form.Item>
    </FormDialog>
  );
}
