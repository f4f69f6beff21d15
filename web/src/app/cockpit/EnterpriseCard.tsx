import { CloseOutlined } from "@ant-design/icons";
import { useGet } from "@api/hooks";
import { number } from "@kit/format";
import { AppLink } from "@kit/nav";
import { ProblemAlert } from "@kit/Problem";
import { useTranslation } from "react-i18next";

/** The last step of the drill: one firm on the map with its figures and the way to its page. */
export function EnterpriseCard({ id, close }: { id: string; close: () => void }) {
  const { t } = useTranslation();
  const { data, error } = useGet("/enterprises/{id}/page", { path: { id }, live: ["iot.alarm"] });
  const figures = (data?.sections ?? [])
    .filter((section) => section.kind === "numbers")
    .flatMap((section) => section.numbers ?? []);
  return (
    <aside className="wall-card" aria-label={data?.name ?? t("企业")}>
      <button type="button" className="wall-close" onClick={close} aria-label={t("关闭")}>
        <CloseOutlined />
      </button>
      <ProblemAlert error={error} />
      {data && (
        <>
          <h2>{data.name}</h2>
          <p className="wall-quiet">
            {data.region_name} <span className="mono">{data.uscc}</span>
          </p>
          <ul>
            {figures.slice(0, 6).map((figure) => (
              <li key={figure.label}>
                {figure.label}{" "}
                {figure.link ? (
                  <AppLink to={figure.link} className="num">
                    {number(figure.value)} {figure.unit}
                  </AppLink>
                ) : (
                  <span className="num">
                    {number(figure.value)} {figure.unit}
                  </span>
                )}
              </li>
            ))}
          </ul>
          <AppLink to={`/enterprises/${id}`}>{t("打开企业页")}</AppLink>
        </>
      )}
    </aside>
  );
}
