import { useGet } from "@api/hooks";
import type { EnterpriseRow } from "@api/types";
import { Pairs } from "@kit/DetailPage";
import { DrawerLook } from "@kit/DrawerLook";
import { number } from "@kit/format";
import { ProblemAlert } from "@kit/Problem";
import { useTranslation } from "react-i18next";
import { SectionBody } from "./SectionView";

/** The quick look: what the row holds, and the figures of the page behind it. */
export default function EnterpriseLook({ row, close }: { row: EnterpriseRow; close: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useGet("/enterprises/{id}/page", { path: { id: row.id } });
  return (
    <DrawerLook title={row.name} link={`/enterprises/${row.id}`} open close={close}>
      <div className="stack">
        <Pairs
          items={[
            { label: t("信用代码"), value: <span className="mono">{row.uscc}</span> },
            { label: t("区域"), value: row.region_name },
            { label: t("行业"), value: `${row.industry} ${row.gbt4754 ?? ""}` },
            { label: t("从业人数"), value: number(row.employees) },
            { label: t("标签"), value: row.tags.join("、") },
          ]}
        />
        <ProblemAlert error={error} />
        {data?.sections
          .filter((section) => section.kind === "numbers")
          .map((section) => (
            <section key={section.key}>
              <h2>{section.title}</h2>
              <SectionBody section={section} />
            </section>
          ))}
      </div>
    </DrawerLook>
  );
}
