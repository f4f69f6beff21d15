import { client, dataOf } from "@api/client";
import { Panel } from "@kit/Page";
import { ProblemAlert } from "@kit/Problem";
import { useQuery } from "@tanstack/react-query";
import { Select, Slider } from "antd";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { type CreditContribution, Grade, points } from "./words";

/** What would be: so many more verified fixes, or a disputed fact gone. Nothing is written. */
export function WhatIf({ enterprise, contributions }: { enterprise: string; contributions: CreditContribution[] }) {
  const { t } = useTranslation();
  const [fixes, setFixes] = useState(3);
  const [without, setWithout] = useState<string[]>([]);
  const { data, error } = useQuery({
    queryKey: ["credit-what-if", enterprise, fixes, without],
    queryFn: async () =>
      dataOf(
        await client.POST("/credit-ratings/{enterprise}/what-if", {
          params: { path: { enterprise } },
          body: { add: [{ code: "hazard.on_time", count: fixes }], without },
        }),
      ),
    placeholderData: (previous) => previous,
  });
  const adverse = contributions.filter((each) => each.contributed < 0);
  return (
    <Panel title={t("试算")}>
      <label htmlFor="what-if-fixes">
        {t("再按期整改并核实一般隐患")} {fixes} {t("项")}
      </label>
      <Slider
        id="what-if-fixes"
        min={0}
        max={10}
        value={fixes}
        onChange={setFixes}
        ariaLabelForHandle={t("再按期整改并核实一般隐患")}
      />
      {adverse.length > 0 && (
        <Select
          mode="multiple"
          style={{ width: "100%" }}
          aria-label={t("假如没有这些不利事实")}
          placeholder={t("假如没有这些不利事实")}
          value={without}
          onChange={setWithout}
          options={adverse.map((each) => ({ value: each.id, label: `${t(each.name)} ${points(each.contributed)}` }))}
        />
      )}
      <ProblemAlert error={error} />
      {data && (
        <p aria-live="polite">
          {points(data.now)} <Grade grade={data.grade_now} /> → <b>{points(data.then)}</b>{" "}
          <Grade grade={data.grade_then} />（{points(data.then - data.now, true)}）
          {data.visits_then !== null && data.visits_then !== undefined && (
            <span className="quiet">
              {" "}
              {t("全年检查")} {data.visits_then} {t("次")}
            </span>
          )}
        </p>
      )}
    </Panel>
  );
}
