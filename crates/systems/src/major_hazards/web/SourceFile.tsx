import { LockOutlined } from "@ant-design/icons";
import type { HazardSource, HazardUnit } from "@api/types";
import { Pairs, PlainTable } from "@kit/DetailPage";
import { dateTime, maskPhone, number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { Panel } from "@kit/Page";
import { Alert } from "antd";
import { useTranslation } from "react-i18next";
import { Level } from "./HazardSources";

/** The file as it stands: figures with the clause behind them, and what to look at. */
export function SourceFile({ source }: { source: HazardSource }) {
  const { t } = useTranslation();
  return (
    <div className="stack">
      {source.return_reason && (
        <Alert type="error" showIcon title={t("档案被退回")} description={source.return_reason} />
      )}
      {source.warnings.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t("请核对")}
          description={source.warnings.map((each) => <div key={each}>{each}</div>)}
        />
      )}
      <Panel title={t("辨识与分级")}>
        <Pairs
          items={[
            { label: t("级别"), value: <Level level={source.level} />, note: source.standard },
            { label: t("S 值（最大单元）"), value: number(source.s) },
            { label: t("R 值（最大单元）"), value: number(source.r) },
            { label: t("厂区边界外 500 米常住人口"), value: number(source.population_500m) },
            { label: t("暴露人员校正系数 α"), value: number(source.alpha) },
            { label: t("规则版本"), value: source.edition },
            { label: t("备案"), value: source.filed_no, note: source.filed_on },
            { label: t("最近一次安全评估"), value: source.evaluated_on },
            { label: t("下次评估到期"), value: source.evaluation_due, note: source.evaluation_basis },
            { label: t("最近确认"), value: source.confirmed ? dateTime(source.confirmed.at) : t("尚未确认") },
          ]}
        />
      </Panel>
      {source.units.map((unit) => (
        <UnitPanel key={unit.name} unit={unit} />
      ))}
      {source.other_tags.length > 0 && (
        <Panel title={t("尚未归入单元的监测点位")}>
          <div className="stack">
            <Tags tags={source.other_tags} />
            {source.may_edit && <p className="quiet">{t("修改档案，把这些点位填到所属的单元或储罐。")}</p>}
          </div>
        </Panel>
      )}
      <Panel title={t("三级包保责任人")}>
        {source.hidden.some((each) => each.part === "三级包保责任人") ? null : (
          <PlainTable
            head={[t("岗位"), t("姓名"), t("电话"), t("职责")]}
            empty={t("没有登记责任人，请尽快补充")}
            rows={source.responsible.map((each) => ({
              key: each.post + each.name,
              cells: [t(each.post), each.name, maskPhone(each.phone), each.duty ?? "—"],
            }))}
          />
        )}
        {source.hidden.map((each) => (
          <p key={each.part} className="quiet">
            <LockOutlined /> {each.part} {t("对您不可见")}：{each.hidden_by}
          </p>
        ))}
      </Panel>
    </div>
  );
}

function UnitPanel({ unit }: { unit: HazardUnit }) {
  const { t } = useTranslation();
  return (
    <Panel
      title={`${unit.name}（${t(unit.kind)}）`}
      extra={
        <span className="row">
          <span>
            S = {number(unit.s)}
            {unit.r && `，R = ${number(unit.r)}`}
          </span>
          <Level level={unit.level} />
        </span>
      }
    >
      <div className="stack">
        <PlainTable
          head={[t("品名"), t("CAS 号"), t("类别符号"), t("设计最大量 q（吨）"), t("临界量 Q（吨）"), "q/Q", "β"]}
          empty={t("没有登记化学品")}
          rows={unit.chemicals.map((each) => ({
            key: each.name,
            cells: [
              each.name,
              each.cas ?? "—",
              each.class ?? "—",
              number(each.q_t),
              number(each.critical_t),
              number(each.ratio),
              number(each.beta),
            ],
          }))}
        />
        {unit.tanks.length > 0 && (
          <PlainTable
            head={[t("储罐和设备"), t("监测点位")]}
            empty=""
            rows={unit.tanks.map((tank) => ({
              key: tank.name,
              cells: [tank.name, <Tags key="tags" tags={tank.tags ?? []} />],
            }))}
          />
        )}
        {unit.tags.length > 0 && (
          <div className="row">
            <span className="quiet">{t("监测点位")}</span> <Tags tags={unit.tags} />
          </div>
        )}
        {unit.border && <p className="quiet">{unit.border}</p>}
        {unit.warnings.map((each) => (
          <p key={each} className="warn">
            {each}
          </p>
        ))}
      </div>
    </Panel>
  );
}

function Tags({ tags }: { tags: string[] }) {
  if (tags.length === 0) return "—";
  return (
    <span className="row">
      {tags.map((tag) => (
        <AppLink key={tag} to={`/tags/${encodeURIComponent(tag)}`}>
          {tag}
        </AppLink>
      ))}
    </span>
  );
}
