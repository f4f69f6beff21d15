import { CrudTable } from "@kit/CrudTable";
import { dateTime, number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { StatusTag } from "@kit/tags";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { SERVICE_STATES, type Service } from "./words";

interface Props {
  name: string;
  fixed?: Record<string, string | undefined>;
  filters?: Parameters<typeof CrudTable<Service>>[0]["filters"];
  empty: ReactNode;
}

/** The service record: who was where, how long, what came of it, and what the enterprise said. */
export function ServiceTable({ name, fixed, filters, empty }: Props) {
  const { t } = useTranslation();
  return (
    <CrudTable<Service>
      name={name}
      path="/services"
      live={["visit.", "svc."]}
      fixed={fixed}
      filters={filters}
      rowKey={(row) => row.id}
      empty={empty}
      columns={[
        {
          key: "enterprise",
          title: "企业",
          render: (row) => <AppLink to={`/services/${row.id}`}>{row.enterprise_name}</AppLink>,
        },
        {
          key: "people",
          title: "机构与人员",
          render: (row) => (
            <>
              {row.org_name}
              <div className="quiet">{row.people.join("、")}</div>
            </>
          ),
        },
        {
          key: "from",
          title: "入企",
          sort: true,
          render: (row) => (
            <>
              {row.entered_at ? dateTime(row.entered_at) : <span className="quiet">{t("未扫码")}</span>}
              {row.late && <div className="warn">{t("离开前才补扫")}</div>}
            </>
          ),
        },
        { key: "minutes", title: "在场分钟", sort: true, align: "right", render: (row) => number(row.minutes) },
        { key: "items", title: "检查项", align: "right", wide: true, render: (row) => number(row.items) },
        { key: "hazards", title: "隐患", align: "right", render: (row) => number(row.hazards) },
        {
          key: "state",
          title: "状态",
          render: (row) => (
            <>
              <StatusTag tone={SERVICE_STATES[row.state]?.[0]}>{t(row.state_name)}</StatusTag>
              {row.satisfied === false && <div className="bad">{t("不满意")}</div>}
            </>
          ),
        },
      ]}
    />
  );
}
