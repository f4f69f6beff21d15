import { AppLink } from "@kit/nav";
import { EmptyNext } from "@kit/Problem";
import { StatusTag } from "@kit/tags";
import { useTranslation } from "react-i18next";
import { type CreditContribution, points } from "./words";

/** Every fact as a bar from the middle: left takes away, right adds; the number stands beside it. */
export function Bars({
  base,
  contributions,
  noticed,
}: {
  base: number;
  contributions: CreditContribution[];
  noticed: string[];
}) {
  const { t } = useTranslation();
  if (contributions.length === 0)
    return <EmptyNext text={t("还没有可显示的事实，评分为基准分。按期整改并经核实后会自动计入。")} />;
  const most = Math.max(...contributions.map((each) => Math.abs(each.contributed)), 1);
  const sorted = [...contributions].sort((a, b) => Math.abs(b.contributed) - Math.abs(a.contributed));
  return (
    <div className="scroll-x">
      <p className="quiet">
        {t("基准分")} {points(base)}
      </p>
      <table style={{ width: "100%", borderCollapse: "collapse" }}>
        <tbody>
          {sorted.map((each) => (
            <tr key={each.id}>
              <td style={{ padding: "4px 8px 4px 0" }}>
                <AppLink to={`/credit-facts/${each.id}`}>{t(each.name)}</AppLink>{" "}
                {each.disputed && <StatusTag tone="warn">{t("有异议")}</StatusTag>}
                {noticed.includes(each.id) && <StatusTag tone="bad">{t("引起预告")}</StatusTag>}
              </td>
              <td style={{ width: "34%", minWidth: 90 }} aria-hidden="true">
                <Bar share={each.contributed / most} />
              </td>
              <td
                style={{ textAlign: "right", whiteSpace: "nowrap" }}
                className={each.contributed < 0 ? "bad" : "good"}
              >
                {points(each.contributed, true)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Bar({ share }: { share: number }) {
  const width = `${Math.abs(share) * 50}%`;
  const colour = share < 0 ? "var(--bad)" : "var(--brand)";
  const side = share < 0 ? { right: "50%" } : { left: "50%" };
  return (
    <div style={{ position: "relative", height: 10, background: "var(--line)" }}>
      <div style={{ position: "absolute", top: 0, bottom: 0, width, background: colour, ...side }} />
    </div>
  );
}
